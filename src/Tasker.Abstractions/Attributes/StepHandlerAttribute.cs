namespace Tasker;

/// <summary>Makes a method the handler of steps whose template names <paramref name="callable"/>.</summary>
/// <param name="callable">The stable name that templates refer to. It never changes when the method or its class is renamed.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class StepHandlerAttribute(string callable) : HandlerAttribute(callable)
{
    /// <summary>
    /// Whether the step is a <c>deferred_convergence</c> although nothing it reads shows that: it waits, by
    /// <see cref="HandlerAttribute.DependsOn"/>, for whichever branches were taken. Only in a class with <see cref="TaskTemplateAttribute"/>.
    /// </summary>
    public bool Converges { get; set; }
}
