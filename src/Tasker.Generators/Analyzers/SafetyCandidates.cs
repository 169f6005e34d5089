using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tasker.Generators.Analyzers;

/// <summary>
/// Whether a class with handlers can break a safety rule at all, by its signatures and by the names its code uses. An analyzer that asks for
/// operations has Roslyn bind every body once more, which costs a large project seconds; most classes need not be asked.
/// </summary>
internal static class SafetyCandidates
{
    public static bool Any(INamedTypeSymbol type, IReadOnlyList<IMethodSymbol> handlers, CancellationToken cancellationToken)
    {
        foreach (var handler in handlers)
        {
            // Whether the token is passed on shows only in what the calls mean.
            if (TypeSafety.IsTask(handler.ReturnType) || TakesToken(handler))
                return true;
        }

        foreach (var part in type.DeclaringSyntaxReferences)
        {
            foreach (var node in part.GetSyntax(cancellationToken).DescendantNodes())
            {
                if (node is SimpleNameSyntax { Identifier.ValueText: var name } && BlockingCall.Names.Contains(name))
                    return true;
            }
        }

        return false;
    }

    private static bool TakesToken(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (CancellableCall.IsToken(parameter.Type))
                return true;
        }

        return false;
    }
}
