namespace Tasker;

/// <summary>
/// Makes a method the handler of a <c>batchable</c> step: it returns a <see cref="BatchPlan"/> that splits the work into batches.
/// </summary>
/// <param name="callable">The stable name that templates refer to.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class BatchAnalyzerAttribute(string callable) : HandlerAttribute(callable)
{
    /// <summary>The name of the <c>batch_worker</c> step of the template that is instantiated once a batch.</summary>
    public required string WorkerTemplate { get; set; }
}
