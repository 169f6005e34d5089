using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tasker.Generators.Parsing;

/// <summary>Whether a generated member would change what the user's code means.</summary>
internal static class TakenName
{
    /// <summary>Whether a name means something inside a class: a member, an inherited one, or anything around the class that a new member would hide.</summary>
    public static bool IsTaken(string name, INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration
                && !compilation.GetSemanticModel(reference.SyntaxTree).LookupSymbols(declaration.OpenBraceToken.Span.End, name: name).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
