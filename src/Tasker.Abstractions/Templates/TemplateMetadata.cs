using System.Collections.Immutable;

namespace Tasker.Templates;

/// <summary>Who made a template and where it is described, for people (protocol sheet §3.2, <c>metadata</c>).</summary>
public sealed record TemplateMetadata
{
    /// <summary>Who wrote it.</summary>
    public string? Author { get; init; }

    /// <summary>Words to find it by.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Where it is described.</summary>
    public string? DocumentationUrl { get; init; }

    /// <summary>When it was first written, in the form of RFC 3339, as the template says it.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>When it was last changed, in the form of RFC 3339, as the template says it.</summary>
    public string? UpdatedAt { get; init; }
}
