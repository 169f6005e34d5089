using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>What one method does that matters for safety, its lambdas and local functions included.</summary>
internal sealed class MethodSafety
{
    private MethodSafety()
    {
    }

    /// <summary>The places that block, with the arguments of the message.</summary>
    public List<(Location Place, string Call, string Remedy)> Blocking { get; } = [];

    /// <summary>The methods that it calls.</summary>
    public List<IMethodSymbol> Callees { get; } = [];

    /// <summary>The first call that could take a token and gets none.</summary>
    public string? WithoutToken { get; private set; }

    /// <summary>Whether it looks at a token, its parameter or that of its context.</summary>
    public bool UsesToken { get; private set; }

    public static MethodSafety Of(IMethodSymbol method, Compilation compilation, CancellationToken cancellationToken)
    {
        var safety = new MethodSafety();
        var first = int.MaxValue;
        foreach (var operation in MethodBody.Operations(method, compilation, cancellationToken))
        {
            if (BlockingCall.Find(operation) is var (call, remedy))
                safety.Blocking.Add((operation.Syntax.GetLocation(), call, remedy));
            switch (operation)
            {
                case IInvocationOperation invocation:
                    safety.Callees.Add(invocation.TargetMethod);
                    if (operation.Syntax.SpanStart < first && CancellableCall.FindOmitted(invocation) is not null)
                        (first, safety.WithoutToken) = (operation.Syntax.SpanStart, invocation.TargetMethod.Name);
                    break;
                case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } } token } when CancellableCall.IsToken(token.Type):
                case IPropertyReferenceOperation { Property: { Name: "CancellationToken" } property } when property.ContainingType.Is(KnownNames.StepContext):
                    safety.UsesToken = true;
                    break;
            }
        }

        return safety;
    }
}
