namespace Tasker.Embedded.Engine;

internal enum CommandKind
{
    /// <summary>A <see cref="StartRequest"/>.</summary>
    Start,

    /// <summary>An <see cref="EmbeddedStep"/> and its <see cref="Orchestration.AttemptOutcome"/>.</summary>
    Completed,

    /// <summary>An <see cref="EmbeddedStep"/> is handed back.</summary>
    Released,

    /// <summary>An <see cref="EmbeddedStep"/> gives its slot away; its checkpoint, a <c>byte[]</c>, says where it goes on.</summary>
    Yielded,

    /// <summary>A <see cref="CheckpointRequest"/>.</summary>
    Checkpoint,

    /// <summary>Something is due.</summary>
    Wake,

    /// <summary>A <see cref="TaskQuery{TReply}"/> for the task as it is.</summary>
    Get,

    /// <summary>A <see cref="TaskQuery{TReply}"/> for the task and what happened to it.</summary>
    History,

    /// <summary>A <see cref="ListQuery"/> for the tasks in memory.</summary>
    List,

    /// <summary>An <see cref="ActRequest"/>.</summary>
    Act,

    /// <summary>A <see cref="ResolveDeadLetterRequest"/>.</summary>
    ResolveDeadLetter,

    /// <summary>A <see cref="TaskQuery{TReply}"/> for the task itself, to wait for it.</summary>
    Find,

    /// <summary>A <see cref="WatchRequest"/>.</summary>
    Watch,

    /// <summary>The <see cref="WatchRequest"/> is not interested any more.</summary>
    StopWatching,

    /// <summary>The outbox has room for events that were left in the store.</summary>
    RefillOutbox,

    /// <summary>A kept event is delivered; the payload is its number.</summary>
    SettleEvent,

    /// <summary>The engine stops; a completion source wants to know when it has.</summary>
    Stop,
}

/// <summary>What somebody wants of the engine.</summary>
internal readonly record struct Command(CommandKind Kind, object? Target = null, object? Payload = null);
