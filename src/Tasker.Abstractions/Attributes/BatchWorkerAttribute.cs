using Tasker.Templates;

namespace Tasker;

/// <summary>
/// Makes a method the handler of a <c>batch_worker</c> step: it processes one batch and returns a <see cref="BatchResult"/>. The batch
/// settings (protocol sheet §3.2, <c>batch_config</c>) hold in a class with <see cref="TaskTemplateAttribute"/>.
/// </summary>
/// <param name="callable">The stable name that templates refer to.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class BatchWorkerAttribute(string callable) : HandlerAttribute(callable)
{
    /// <summary>Items in a batch, as a hint to the analyzer: 1 or more. Default 100.</summary>
    public int BatchSize { get; set; } = 100;

    /// <summary>How many batches may run at once, as a hint: 1 or more. Default 5.</summary>
    public int Parallelism { get; set; } = 5;

    /// <summary>What the cursor counts, such as <c>row_number</c>. Default <c>id</c>.</summary>
    public string CursorField { get; set; } = "id";

    /// <summary>What happens to the other batches when one fails. Default <see cref="BatchFailureStrategy.ContinueOnFailure"/>.</summary>
    public BatchFailureStrategy FailureStrategy { get; set; }
}
