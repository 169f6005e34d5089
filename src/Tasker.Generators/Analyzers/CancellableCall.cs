using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>Finds calls that could be told to stop and are not. The analyzer and its code fix share it: what the one reports, the other mends.</summary>
internal static class CancellableCall
{
    private const string Token = "System.Threading.CancellationToken";

    /// <summary>
    /// The parameter that would take the token, when the call's result is awaited or enumerated asynchronously and the call leaves it out. It is a
    /// parameter with a default value, or one that only another overload has.
    /// </summary>
    public static IParameterSymbol? FindOmitted(IInvocationOperation invocation)
    {
        var target = invocation.TargetMethod;
        if (!IsAsynchronous(target.ReturnType) || IsOfApiClient(invocation))
            return null;
        foreach (var argument in invocation.Arguments)
        {
            if (IsToken(argument.Parameter?.Type))
                return argument.ArgumentKind is ArgumentKind.DefaultValue ? argument.Parameter : null;
        }

        foreach (var member in target.ContainingType.GetMembers(target.Name))
        {
            if (member is IMethodSymbol overload && IsSameWithToken(overload, target))
                return overload.Parameters[overload.Parameters.Length - 1];
        }

        return null;
    }

    /// <summary>A handler's API client knows the token of its attempt already.</summary>
    private static bool IsOfApiClient(IInvocationOperation invocation)
    {
        var receiver = invocation.Instance ?? (invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);
        return receiver?.Type.Is(KnownNames.ApiClient) is true;
    }

    public static bool IsToken(ITypeSymbol? type) => type.Is(Token);

    private static bool IsAsynchronous(ITypeSymbol type) =>
        type.Is("System.Threading.Tasks.Task") || type.Is("System.Threading.Tasks.Task`1")
        || type.Is("System.Threading.Tasks.ValueTask") || type.Is("System.Threading.Tasks.ValueTask`1")
        || type.Is("System.Collections.Generic.IAsyncEnumerable`1");

    private static bool IsSameWithToken(IMethodSymbol overload, IMethodSymbol target)
    {
        var count = target.Parameters.Length;
        if (overload.Parameters.Length != count + 1
            || overload.Arity != target.Arity
            || overload.IsStatic != target.IsStatic
            || overload.DeclaredAccessibility < target.DeclaredAccessibility
            || !IsToken(overload.Parameters[count].Type))
        {
            return false;
        }

        if (overload.Arity > 0)
            overload = overload.Construct([.. target.TypeArguments]);
        for (var i = 0; i < count; i++)
        {
            if (!SymbolEqualityComparer.Default.Equals(overload.Parameters[i].Type, target.Parameters[i].Type))
                return false;
        }

        return true;
    }
}
