namespace Tasker;

/// <summary>Makes a method the handler of a <c>batch_worker</c> step: it processes one batch and returns a <see cref="BatchResult"/>.</summary>
/// <param name="callable">The stable name that templates refer to.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class BatchWorkerAttribute(string callable) : Attribute
{
    /// <summary>The stable name that templates refer to.</summary>
    public string Callable { get; } = callable;

    /// <inheritdoc cref="StepHandlerAttribute.Method"/>
    public string? Method { get; set; }
}
