namespace Tasker.Handlers;

/// <summary>
/// Announces an assembly's handlers to the compilers of assemblies that refer to it, so that they can tell a misspelt callable from one that
/// lives elsewhere. Emitted by the generator.
/// </summary>
/// <param name="handlers">The callables; a handler with a <c>Method</c> is <c>callable</c>, a line feed, and the method.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HandlerManifestAttribute(params string[] handlers) : Attribute
{
    /// <summary>The callables; a handler with a <c>Method</c> is <c>callable</c>, a line feed, and the method.</summary>
    public IReadOnlyList<string> Handlers { get; } = handlers;
}
