using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Tasker.Generators.Analyzers;

/// <summary>
/// What the body of a method does, bound when it is asked for. Not by Roslyn's own way, actions on operations between a symbol's start and its end: for each type of the project the
/// compiler then puts together anew what all analyzers want, those of the SDK included, and a large build takes a third longer.
/// </summary>
internal static class MethodBody
{
    /// <summary>All operations, those of lambdas and local functions included; none when there is no body.</summary>
    public static IEnumerable<IOperation> Operations(IMethodSymbol method, Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var part in (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences)
        {
            var body = compilation.GetSemanticModel(part.SyntaxTree).GetOperation(part.GetSyntax(cancellationToken), cancellationToken);
            if (body is null)
                continue;
            foreach (var operation in body.Descendants())
                yield return operation;
        }
    }
}
