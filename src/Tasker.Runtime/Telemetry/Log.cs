using Microsoft.Extensions.Logging;

namespace Tasker.Telemetry;

/// <summary>The worker's log messages. Event ids are stable: 1xx worker, 200 steps, 230 domain events; the API client's are 5xx.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Worker started with {Slots} slots")]
    public static partial void WorkerStarted(ILogger logger, int slots);

    [LoggerMessage(101, LogLevel.Information, "Worker stopped")]
    public static partial void WorkerStopped(ILogger logger);

    [LoggerMessage(102, LogLevel.Error, "The work source failed; a worker slot tries again in {Delay}")]
    public static partial void SourceFailed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(103, LogLevel.Information, "Worker stops: {Running} steps still run, they may take {Grace} to finish")]
    public static partial void WorkerStopping(ILogger logger, int running, TimeSpan grace);

    [LoggerMessage(104, LogLevel.Warning, "{Unfinished} steps did not finish before the worker had to stop; they are cancelled and handed back")]
    public static partial void StepsUnfinished(ILogger logger, int unfinished);

    [LoggerMessage(105, LogLevel.Warning, "{Left} handlers do not stop although they were told to; the worker ends without them, and their steps are run again")]
    public static partial void StepsLeft(ILogger logger, int left);

    [LoggerMessage(200, LogLevel.Warning, "Step {Step} of task {TaskId} failed in attempt {Attempt} of {MaxAttempts} with {ErrorType}: {Message}")]
    public static partial void StepFailed(ILogger logger, string step, Guid taskId, int attempt, int maxAttempts, string errorType, string message);

    [LoggerMessage(201, LogLevel.Information, "Step {Step} of task {TaskId} is handed back because the worker stops")]
    public static partial void StepReleased(ILogger logger, string step, Guid taskId);

    [LoggerMessage(230, LogLevel.Warning, "Event {Event} of step {Step} of task {TaskId} is dropped: {Capacity} events wait for the {Receiver} already")]
    public static partial void EventDropped(ILogger logger, string @event, string step, Guid taskId, string receiver, int capacity);

    [LoggerMessage(231, LogLevel.Error, "Event {Event} of step {Step} of task {TaskId} is lost: its {Receiver} failed")]
    public static partial void EventFailed(ILogger logger, string @event, string step, Guid taskId, string receiver, Exception exception);

    [LoggerMessage(232, LogLevel.Error, "Event {Event} of step {Step} of task {TaskId} is not published: its payload does not fit the declared schema at {Path}: {Reason} ({Violations} violations)")]
    public static partial void EventRejected(ILogger logger, string @event, string step, Guid taskId, string path, string reason, int violations);

    [LoggerMessage(233, LogLevel.Warning, "The publisher {Publisher} of event {Event} of step {Step} is not registered; the event is published as it is. Call AddEventPublisher")]
    public static partial void PublisherMissing(ILogger logger, string publisher, string @event, string step);

    [LoggerMessage(234, LogLevel.Error, "Durable event {Event} of step {Step} of task {TaskId}: its {Receiver} failed in attempt {Attempt}; it gets the event again in {Delay}")]
    public static partial void DurableEventFailed(ILogger logger, string @event, string step, Guid taskId, string receiver, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(235, LogLevel.Error, "The outbox of durable events failed; it is asked again in {Delay}")]
    public static partial void OutboxFailed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(202, LogLevel.Warning, "The handler of step {Step} of task {TaskId} ignored its cancellation; its late result will be ignored")]
    public static partial void HandlerAbandoned(ILogger logger, string step, Guid taskId);
}
