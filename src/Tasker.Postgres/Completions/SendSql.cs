using Tasker.Postgres.Registration;

namespace Tasker.Postgres.Completions;

/// <summary>The parts of statements that send messages about results.</summary>
internal static class SendSql
{
    /// <summary>An expression that sends one message the way tasker-core's own workers do (protocol sheet §2.2).</summary>
    /// <param name="message">An expression, the message.</param>
    public static string One(string message) => $"pgmq_send_with_notify('{QueueNames.StepResults}', {message}, 0)";

    /// <summary>
    /// A query that sends many messages at once and announces each as <c>pgmq_send_with_notify</c> does (protocol sheet §2.3), for a third of the server's time: that
    /// function plans the same insertion anew for each message. The text of a notification is put together as <c>json_build_object</c> would write it. The messages of a step's result are far too short for its other notifications.
    /// </summary>
    /// <param name="messages">A query with the messages in a column named <c>message</c>.</param>
    public static string Many(string messages) => $"""
        SELECT count(pg_notify('{Channel}', told.payload)) + count(pg_notify('{GlobalChannel}', told.payload))
        FROM (SELECT array_agg(m.message) AS messages, to_json(now())::text AS time FROM ({messages}) AS m HAVING count(*) > 0) AS batch
        CROSS JOIN LATERAL ROWS FROM (unnest(batch.messages), pgmq.send_batch('{QueueNames.StepResults}', batch.messages, 0)) AS sent (message, msg_id)
        CROSS JOIN LATERAL (SELECT concat(
            '{Open}"event_type" : "message_with_payload", "msg_id" : ', sent.msg_id, ', "queue_name" : "{QueueNames.StepResults}", "namespace" : "{Namespace}", "message" : ',
            sent.message, ', "ready_at" : ', batch.time, ', "delay_seconds" : 0{Close}') AS payload OFFSET 0) AS told
        """;

    /// <summary>What tasker-core takes for the namespace of the orchestrator's queues.</summary>
    private const string Namespace = "orchestration";

    // Braces of JSON, kept out of the interpolation.
    private const string Open = "{";
    private const string Close = "}";

    private const string GlobalChannel = "pgmq_message_ready";

    private static string Channel { get; } = QueueNames.Channel(Namespace);
}
