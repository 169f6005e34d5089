using System.Collections.Immutable;

namespace Tasker.Client;

/// <summary>Which tasks to list (protocol sheet §10.1). What is not given does not restrict; what is given must all hold.</summary>
public sealed record TaskFilter
{
    /// <summary>The most tasks on a page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>In one of these states. Empty: in any.</summary>
    public ImmutableArray<TaskState> States { get; init; } = [];

    /// <summary>Of templates in this namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Of templates with this name.</summary>
    public string? Name { get; init; }

    /// <summary>Of templates with this version.</summary>
    public string? Version { get; init; }

    /// <summary>Started at this time or later.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Started before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>With this correlation id.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>Caused by the request with this correlation id.</summary>
    public Guid? ParentCorrelationId { get; init; }

    /// <summary>Asked for by this initiator.</summary>
    public string? Initiator { get; init; }

    /// <summary>Asked for by this system.</summary>
    public string? SourceSystem { get; init; }

    /// <summary>With this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>How many tasks a page has at most. Default 50; 1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>The <see cref="TaskPage.Next"/> of the page before; <see langword="null"/> for the first page.</summary>
    public string? After { get; init; }
}
