using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Models;

/// <summary>What the project declares that the class of a template has to mind.</summary>
/// <param name="Names">The full names that the class cannot have, ordered: those of the project's namespaces, and of its types that cannot be extended.</param>
/// <param name="Types">The full names that no namespace can have: those of the project's types, ordered.</param>
/// <param name="WithInputs">The full names of the classes that can be extended, but in which <c>Inputs</c> means something already, ordered.</param>
internal sealed record DeclaredNames(EquatableArray<string> Names, EquatableArray<string> Types, EquatableArray<string> WithInputs)
{
    public static DeclaredNames Of(CompilationDeclarations declarations, CancellationToken cancellationToken)
    {
        var (names, types, withInputs) = (new List<string>(), new List<string>(), new List<string>());
        if (!declarations.TryGetCompilation(out var compilation))
            return new DeclaredNames([], [], []);
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
                else if (member is INamedTypeSymbol { Arity: > 0 })
                    continue;
                else
                    types.Add(prefix + member.Name);
                if (member is not INamedTypeSymbol type || !CanBeExtended(type))
                    names.Add(prefix + member.Name);
                else if (TakenName.IsTaken("Inputs", type, compilation, cancellationToken))
                    withInputs.Add(prefix + member.Name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        types.Sort(StringComparer.Ordinal);
        withInputs.Sort(StringComparer.Ordinal);
        return new DeclaredNames(names.ToEquatableArray(), types.ToEquatableArray(), withInputs.ToEquatableArray());
    }

    /// <summary>The name, or one that is free.</summary>
    public string Free(string space, string name)
    {
        while (!IsFree(space.Replace("@", ""), name.Replace("@", "")))
            name += "Template";
        return name;
    }

    /// <summary>Whether <c>Inputs</c> means something already in the class that a template becomes a part of.</summary>
    public bool HasInputs(string space, string name) => WithInputs.Contains($"{space}.{name}".Replace("@", ""));

    /// <summary>
    /// A program outside all namespaces looks there first, and only then in those it uses: a type or a namespace there, that of the template itself included, would hide the class.
    /// </summary>
    private bool IsFree(string space, string name)
    {
        var fullName = $"{space}.{name}";
        var isTaken = Names.Contains(fullName);
        var isPartOfAnother = Types.Contains(fullName) && !isTaken;
        return isPartOfAnother || !(isTaken || Names.Contains(name) || Types.Contains(name) || space.Split('.')[0] == name);
    }

    /// <summary>The namespace, or one that is free: a small project may have a type of its own name.</summary>
    public string FreeNamespace(string space)
    {
        var free = "";
        foreach (var part in space.Split('.'))
        {
            free += free.Length == 0 ? part : "." + part;
            while (Types.Contains(free.Replace("@", "")))
                free += "Templates";
        }

        return free;
    }

    /// <summary>Whether a <c>public static partial class</c> can be one more part of it. The class of another template has all its members already.</summary>
    private static bool CanBeExtended(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsStatic: true }
        && type.DeclaringSyntaxReferences.All(static part =>
            part.GetSyntax() is ClassDeclarationSyntax { Modifiers: var modifiers }
            && modifiers.Any(SyntaxKind.PartialKeyword)
            && !modifiers.Any(SyntaxKind.InternalKeyword))
        && type.FindAttribute(KnownNames.TaskTemplateAttribute) is null;
}
