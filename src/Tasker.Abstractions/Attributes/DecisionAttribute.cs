namespace Tasker;

/// <summary>
/// Makes a method the handler of a <c>decision</c> step: it returns a <see cref="Decision"/> that names the steps to create next.
/// </summary>
/// <param name="callable">The stable name that templates refer to.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class DecisionAttribute(string callable) : HandlerAttribute(callable);
