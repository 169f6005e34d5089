using System.Collections.Immutable;

namespace Tasker.Client;

/// <summary>Who starts a task and why, and when two requests are the same (protocol sheet §10.2).</summary>
public sealed record StartOptions
{
    /// <summary>Ties together everything that one request caused. A new one when not given.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>The task or request that caused this one.</summary>
    public Guid? ParentCorrelationId { get; init; }

    /// <summary>Who asks, at most 128 characters.</summary>
    public string Initiator { get; init; } = "tasker-dotnet";

    /// <summary>Which system asks, at most 128 characters.</summary>
    public string SourceSystem { get; init; } = "tasker-dotnet";

    /// <summary>Why, at most 128 characters.</summary>
    public string Reason { get; init; } = "Task requested";

    /// <summary>Words to find the task by; at most 32 of 1 to 128 characters each. None by default.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Higher runs first, -100 to 100. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>
    /// What makes two requests for the same template the same. Default <see langword="null"/>: <see cref="TaskIdentity.CallerProvided"/> when there
    /// is an <see cref="IdempotencyKey"/>, otherwise <see cref="TaskIdentity.AlwaysUnique"/>.
    /// </summary>
    public TaskIdentity? Identity { get; init; }

    /// <summary>The caller's own name for the request, 1 to 255 characters. Needed by, and only by, <see cref="TaskIdentity.CallerProvided"/>.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What a second request that is the same leads to. Default <see cref="DuplicateRequest.ReturnExisting"/>.</summary>
    public DuplicateRequest OnDuplicate { get; init; }
}

/// <summary>What makes two requests for the same template (namespace, name, version) the same (protocol sheet §10.6, <c>identity_strategy</c>).</summary>
public enum TaskIdentity
{
    /// <summary><c>always_unique</c>: nothing; every request is a task of its own.</summary>
    AlwaysUnique,

    /// <summary><c>caller_provided</c>: the same <see cref="StartOptions.IdempotencyKey"/>.</summary>
    CallerProvided,

    /// <summary><c>strict</c>: an equal context; neither white space nor the order of members counts.</summary>
    Strict,
}

/// <summary>What a request leads to that is the same as an earlier one.</summary>
public enum DuplicateRequest
{
    /// <summary>The earlier one's task is returned, in whatever state it is.</summary>
    ReturnExisting,

    /// <summary>It is refused with a <see cref="DuplicateTaskException"/>.</summary>
    Refuse,
}
