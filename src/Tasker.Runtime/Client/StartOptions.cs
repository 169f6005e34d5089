namespace Tasker.Client;

/// <summary>Who starts a task and why.</summary>
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

    /// <summary>Higher runs first, -100 to 100. Default 0.</summary>
    public int Priority { get; init; }
}
