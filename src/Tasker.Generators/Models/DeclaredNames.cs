using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>The full names that the class of a template cannot have: those of the project's namespaces, and of its types that are no partial classes.</summary>
/// <param name="Names">The names, ordered.</param>
internal sealed record DeclaredNames(EquatableArray<string> Names)
{
    public static DeclaredNames Of(CompilationDeclarations declarations, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        if (!declarations.TryGetCompilation(out var compilation))
            return new DeclaredNames([]);
        var pending = new Stack<(INamespaceSymbol Space, string Prefix)>();
        pending.Push((compilation.Assembly.GlobalNamespace, ""));
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (space, prefix) = pending.Pop();
            foreach (var member in space.GetMembers())
            {
                if (member is INamespaceSymbol inner)
                    pending.Push((inner, prefix + inner.Name + "."));
                else if (member is INamedTypeSymbol { Arity: > 0 } || IsPartialClass((INamedTypeSymbol)member))
                    continue;
                names.Add(prefix + member.Name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return new DeclaredNames(names.ToEquatableArray());
    }

    /// <summary>The name, or one that is free.</summary>
    public string Free(string space, string name)
    {
        while (IsTaken($"{space}.{name}".Replace("@", "")))
            name += "Template";
        return name;
    }

    private bool IsTaken(string fullName)
    {
        foreach (var name in Names)
        {
            if (name == fullName)
                return true;
        }

        return false;
    }

    private static bool IsPartialClass(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsRecord: false, DeclaringSyntaxReferences: [var first, ..] }
        && first.GetSyntax() is ClassDeclarationSyntax syntax
        && syntax.Modifiers.Any(SyntaxKind.PartialKeyword);
}
