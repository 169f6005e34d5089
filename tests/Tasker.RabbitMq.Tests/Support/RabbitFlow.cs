using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tasker.Postgres;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.RabbitMq;
using Tasker.Postgres.Tests.Support;

namespace Tasker.RabbitMq.Tests.Support;

/// <summary>What the tests do again and again.</summary>
internal static class RabbitFlow
{
    public static string Dead(this CoreFlow flow) => flow.Queue + "_dlq";

    public static Task<CoreHost> StartAsync(
        TestDatabase database,
        CoreFlow flow,
        string url,
        Action<TaskerCoreOptions>? configure = null,
        int slots = 8,
        Action<RabbitMqOptions>? rabbit = null,
        string? connectionString = null) =>
        CoreHost.StartAsync(database, flow, configure, slots, connectionString, tasker => tasker.UseRabbitMq(url, rabbit));

    /// <summary>Enqueued steps of a registered flow, whose messages are not sent.</summary>
    public static async Task<List<Guid>> EnqueueAsync(this NpgsqlDataSource database, CoreFlow flow, int count, string step = "only")
    {
        // What sends there finds a queue that no worker looks into.
        await database.ExecuteAsync("SELECT pgmq.\"create\"($1)", flow.Queue);
        var steps = await Seed.EnqueueAsync(database, flow.Namespace, flow.Name, step, count);
        await database.ExecuteAsync("SELECT pgmq.drop_queue($1)", flow.Queue);
        return steps;
    }

    public static async Task SendAsync(this AmqpQueues queues, NpgsqlDataSource database, CoreFlow flow, Guid step)
    {
        var (task, correlation) = (await database.QueryAsync(
            "SELECT t.task_uuid, t.correlation_id FROM tasker.workflow_steps ws JOIN tasker.tasks t USING (task_uuid) WHERE ws.workflow_step_uuid = $1",
            row => (row.GetGuid(0), row.GetGuid(1)),
            step)).Single();
        await queues.SendStepAsync(flow.Namespace, task, step, correlation);
    }

    public static async Task UntilEmptyAsync(this AmqpQueues queues, string queue)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (await queues.CountAsync(queue) > 0)
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), queue + " never became empty.");
    }

    public static async Task UntilCountAsync(this AmqpQueues queues, string queue, uint count)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (await queues.CountAsync(queue) != count)
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), $"{queue} never had {count} messages.");
    }

    /// <summary>Waits for the result messages of steps, takes them, and returns how many there were of each.</summary>
    public static async Task<Dictionary<Guid, int>> TakeResultsAsync(this AmqpQueues queues, IReadOnlyCollection<Guid> tasks)
    {
        var seen = new Dictionary<Guid, int>();
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (seen.Count < tasks.Count)
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), $"Only {seen.Count} results of {tasks.Count} were announced.");
            foreach (var notice in await queues.ReadResultsAsync(tasks))
            {
                seen[notice.Task] = seen.GetValueOrDefault(notice.Task) + 1;
                await notice.Done();
            }
        }

        return seen;
    }

    public static Task<List<Guid>> TasksAsync(this NpgsqlDataSource database, IReadOnlyCollection<Guid> steps) => database.QueryAsync(
        "SELECT task_uuid FROM tasker.workflow_steps WHERE workflow_step_uuid = ANY ($1)", row => row.GetGuid(0), steps.ToArray());

    public static Task UntilAllAsync(this NpgsqlDataSource database, IReadOnlyCollection<Guid> steps, string state) => database.UntilAsync(
        "SELECT count(*) = $2 FROM tasker.workflow_step_transitions WHERE most_recent AND to_state = $3 AND workflow_step_uuid = ANY ($1)",
        steps.ToArray(),
        (long)steps.Count,
        state);
}
