using Microsoft.Extensions.Logging;

namespace Tasker.Postgres.Telemetry;

/// <summary>The log messages of a tasker-core worker. Event ids are stable: 40x start and connection, 41x messages and claims, 42x completion, 43x recovery.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "Registered {Templates} templates, {Changed} of them new or changed, for the namespaces {Namespaces}")]
    public static partial void Registered(ILogger logger, int templates, int changed, string namespaces);

    [LoggerMessage(401, LogLevel.Information, "Registration met another worker's ({SqlState}: {Message}); it is done again")]
    public static partial void RegistrationRepeated(ILogger logger, string sqlState, string message);

    [LoggerMessage(402, LogLevel.Warning, "PostgreSQL does not answer yet; another try in {Delay}: {Message}")]
    public static partial void NotReachable(ILogger logger, TimeSpan delay, string message);

    [LoggerMessage(403, LogLevel.Information, "Listening on {Channels}")]
    public static partial void Listening(ILogger logger, string channels);

    [LoggerMessage(404, LogLevel.Warning, "The listening connection is lost; messages are polled for until it is back, with another try in {Delay}: {Message}")]
    public static partial void ListenerLost(ILogger logger, TimeSpan delay, string message);

    [LoggerMessage(405, LogLevel.Warning, "The connection that shows other workers that this one lives is lost; another try in {Delay}: {Message}")]
    public static partial void LifeSignLost(ILogger logger, TimeSpan delay, string message);

    [LoggerMessage(406, LogLevel.Information, "pgmq_send_with_notify is called for each message about a result, because whether it can be done without could not be found out: {Reason}")]
    public static partial void SentOneByOne(ILogger logger, string reason);

    [LoggerMessage(410, LogLevel.Warning, "Claiming failed; another try in {Delay}")]
    public static partial void ClaimFailed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(411, LogLevel.Error, "Message {MessageId} of {Queue} is of no use to this worker and not taken: {Problem}")]
    public static partial void MessageLeft(ILogger logger, long messageId, string queue, string problem);

    [LoggerMessage(412, LogLevel.Error, "The configuration of named_tasks row {TemplateId} is no template, its steps are left to others: {Problem}")]
    public static partial void TemplateUnreadable(ILogger logger, Guid templateId, string problem);

    [LoggerMessage(413, LogLevel.Warning, "A queue is missing; the queues are created again")]
    public static partial void QueueMissing(ILogger logger);

    [LoggerMessage(414, LogLevel.Warning, "{Count} messages could not be settled and will come again: {Message}")]
    public static partial void SettlingFailed(ILogger logger, int count, string message);

    [LoggerMessage(420, LogLevel.Warning, "{Count} outcomes could not be stored and are kept; another try in {Delay}")]
    public static partial void CompletionFailed(ILogger logger, int count, TimeSpan delay, Exception exception);

    [LoggerMessage(421, LogLevel.Error, "The result of step {Step} of task {TaskId} cannot be stored, the step fails: {Message}")]
    public static partial void ResultRefused(ILogger logger, string step, Guid taskId, string message);

    [LoggerMessage(422, LogLevel.Warning, "The outcome of step {Step} of task {TaskId} no longer counts: the step was cancelled or taken over meanwhile")]
    public static partial void OutcomeDiscarded(ILogger logger, string step, Guid taskId);

    [LoggerMessage(423, LogLevel.Error, "{Count} outcomes are lost: they could not be stored before the worker had to stop")]
    public static partial void OutcomesLost(ILogger logger, int count);

    [LoggerMessage(424, LogLevel.Warning, "{Count} results are stored, but the orchestrator could not be told; another try in {Delay}: {Message}")]
    public static partial void AnnouncingFailed(ILogger logger, int count, TimeSpan delay, string message);

    [LoggerMessage(425, LogLevel.Error, "The events {Events} of step {Step} of task {TaskId} cannot be stored and are dropped: {Message}")]
    public static partial void EventsRefused(ILogger logger, string events, string step, Guid taskId, string message);

    [LoggerMessage(426, LogLevel.Warning, "{Count} events are sent, but it could not be noted; they may be sent again: {Message}")]
    public static partial void EventsStillKept(ILogger logger, int count, string message);

    [LoggerMessage(427, LogLevel.Error, "No outcome of step {Step} of task {TaskId} can be stored, its rows are damaged; the attempt is reported as lost when they are mended: {Message}")]
    public static partial void OutcomeRefused(ILogger logger, string step, Guid taskId, string message);

    [LoggerMessage(428, LogLevel.Error, "{Count} batches that had yielded could not be handed back before the worker had to stop; they stay claimed until recovery reports them")]
    public static partial void StepsNotHandedBack(ILogger logger, int count);

    [LoggerMessage(430, LogLevel.Warning, "Step {StepId} was claimed by worker {Worker}, which is gone; the attempt is reported as a retryable failure")]
    public static partial void ClaimRecovered(ILogger logger, Guid stepId, string worker);

    [LoggerMessage(431, LogLevel.Warning, "The worker could not {Job}; it tries again")]
    public static partial void RecoveryFailed(ILogger logger, string job, Exception exception);

    [LoggerMessage(432, LogLevel.Information, "The orchestrator was told again of {Count} results that it had not taken up")]
    public static partial void ResultsAnnouncedAgain(ILogger logger, int count);

    [LoggerMessage(433, LogLevel.Information, "{Count} domain events were sent that their worker had not sent in time")]
    public static partial void EventsSentLate(ILogger logger, int count);

    [LoggerMessage(434, LogLevel.Error, "The claim of step {StepId} of task {TaskId} cannot be recovered and is left as it is, until its rows are mended: {Problem}")]
    public static partial void ClaimDamaged(ILogger logger, Guid stepId, Guid taskId, string problem);
}
