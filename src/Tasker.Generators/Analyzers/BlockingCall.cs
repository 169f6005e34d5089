using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>Recognizes what holds a thread while it waits.</summary>
internal static class BlockingCall
{
    /// <summary>The names of all members that <see cref="Find"/> knows.</summary>
    public static readonly HashSet<string> Names = new(StringComparer.Ordinal) { "Sleep", "Wait", "WaitAll", "WaitAny", "GetResult", "Result" };

    /// <summary>How messages call it and what to do instead, or <see langword="null"/> when the operation does not block.</summary>
    public static (string Call, string Remedy)? Find(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Sleep" } method } when method.ContainingType.Is("System.Threading.Thread") =>
            ("Thread.Sleep", "await Task.Delay with the handler's CancellationToken"),
        IInvocationOperation { TargetMethod: { Name: "Wait" or "WaitAll" or "WaitAny" } method } when method.ContainingType.Is("System.Threading.Tasks.Task") =>
            ($"Task.{method.Name}", method.Name switch { "WaitAll" => "await Task.WhenAll", "WaitAny" => "await Task.WhenAny", _ => "await the task" }),
        IInvocationOperation { TargetMethod: { Name: "GetResult" } method } when IsAwaiter(method.ContainingType) => ("GetAwaiter().GetResult()", "await the task"),
        IPropertyReferenceOperation { Property: { Name: "Result" } property } when IsTask(property.ContainingType) => ($"{property.ContainingType.Name}.Result", "await the task"),
        _ => null,
    };

    private static bool IsTask(INamedTypeSymbol type) => type.Is("System.Threading.Tasks.Task`1") || type.Is("System.Threading.Tasks.ValueTask`1");

    private static bool IsAwaiter(INamedTypeSymbol type) => type.ContainingType is { } outer
        ? outer.Is("System.Runtime.CompilerServices.ConfiguredTaskAwaitable") || outer.Is("System.Runtime.CompilerServices.ConfiguredTaskAwaitable`1")
            || outer.Is("System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable") || outer.Is("System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable`1")
        : type.Is("System.Runtime.CompilerServices.TaskAwaiter") || type.Is("System.Runtime.CompilerServices.TaskAwaiter`1")
            || type.Is("System.Runtime.CompilerServices.ValueTaskAwaiter") || type.Is("System.Runtime.CompilerServices.ValueTaskAwaiter`1");
}
