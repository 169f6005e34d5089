using System.Text.Json;

namespace Tasker.Json;

/// <summary>The one place that fixes how step JSON is written and read: System.Text.Json's own defaults.</summary>
internal static class JsonDefaults
{
    /// <summary>As deep as readers go: what is deeper could not be read by another step, and is refused where it is written.</summary>
    private const int MaxDepth = 64;

    /// <summary>Generated code writes well-formed JSON by construction, so the writer need not check it again.</summary>
    internal static readonly JsonWriterOptions Writer = new() { SkipValidation = true, MaxDepth = MaxDepth };
}
