namespace Tasker;

/// <summary>Makes a method the handler of steps whose template names <paramref name="callable"/>.</summary>
/// <param name="callable">The stable name that templates refer to. It never changes when the method or its class is renamed.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class StepHandlerAttribute(string callable) : Attribute
{
    /// <summary>The stable name that templates refer to.</summary>
    public string Callable { get; } = callable;

    /// <summary>
    /// Picks this handler among several with the same callable: it runs for steps whose template says <c>handler.method</c> with
    /// this name. Unset means the default handler (<c>call</c>).
    /// </summary>
    public string? Method { get; set; }
}
