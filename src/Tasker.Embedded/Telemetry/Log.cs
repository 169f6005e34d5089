using Microsoft.Extensions.Logging;
using Tasker.Embedded.Engine;
using Tasker.Templates;

namespace Tasker.Embedded.Telemetry;

/// <summary>The engine's log messages. Event ids are stable: 3xx embedded engine.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "Embedded engine started; {Count} unfinished tasks go on")]
    public static partial void EngineStarted(ILogger logger, int count);

    [LoggerMessage(301, LogLevel.Information, "Embedded engine stopped")]
    public static partial void EngineStopped(ILogger logger);

    [LoggerMessage(302, LogLevel.Error, "Task {TaskId} is left as it is: this host has no template '{Namespace}/{Name}/{Version}'. Add the template's assembly and restart")]
    public static partial void TemplateMissing(ILogger logger, Guid taskId, string @namespace, string name, string version);

    [LoggerMessage(303, LogLevel.Error, "Task {TaskId} is left as it is: {Reason}")]
    public static partial void TaskNotRestored(ILogger logger, Guid taskId, string reason);

    [LoggerMessage(304, LogLevel.Warning, "Task {TaskId} of template {Template} is stale: it stayed in {State} for too long")]
    public static partial void TaskStale(ILogger logger, Guid taskId, TaskTemplate template, string state);

    [LoggerMessage(305, LogLevel.Warning, "The input_schema of template {Template} is not checked. Call AddJsonSchemaValidation() of the package Tasker.JsonSchema, or add an ISchemaValidator")]
    public static partial void SchemaNotChecked(ILogger logger, TaskTemplate template);

    [LoggerMessage(306, LogLevel.Error, "Durable event {Event} of task {TaskId} stays in the store and is not delivered: {Reason}")]
    public static partial void EventNotRestored(ILogger logger, string @event, Guid taskId, string reason);

    [LoggerMessage(307, LogLevel.Error, "Durable events could not be read; it will be tried again. {Reason}")]
    public static partial void OutboxNotRead(ILogger logger, string reason, Exception exception);

    [LoggerMessage(308, LogLevel.Error, "The file '{File}' holds something that Tasker did not write, which is left as it is: {Reason} Correct the row by hand and restart")]
    public static partial void RowLeft(ILogger logger, string file, string reason, Exception exception);

    [LoggerMessage(310, LogLevel.Error, "Nothing could be stored; it will be tried again, and new tasks are refused meanwhile. {Reason}")]
    public static partial void CommitFailed(ILogger logger, string reason, Exception exception);

    [LoggerMessage(311, LogLevel.Information, "The store works again; what was waiting is stored")]
    public static partial void StoreRecovered(ILogger logger);

    [LoggerMessage(312, LogLevel.Warning, "The store could not be tidied up; nothing is lost, and it will be tried again. {Reason}")]
    public static partial void UpkeepFailed(ILogger logger, string reason, Exception exception);

    [LoggerMessage(320, LogLevel.Critical, "The engine could not apply a command of kind {Kind}")]
    public static partial void CommandFailed(ILogger logger, CommandKind kind, Exception exception);

    [LoggerMessage(321, LogLevel.Critical, "A round of the engine ended early")]
    public static partial void RoundFailed(ILogger logger, Exception exception);
}
