using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Whether and how generated code can complete a class.</summary>
internal static class TemplateClassShape
{
    private const string FilePrefix = "Tasker.TemplateClasses.";

    private static readonly string[] Members = ["Name", "Namespace", "Version", "Template", "Steps"];

    /// <summary>Why the class cannot be completed, as the end of a message, or <see langword="null"/>.</summary>
    public static string? FindObstacle(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (type.IsInGeneric())
            return "it is generic or in a generic type, and a template cannot say what the type parameters are; make it non-generic";
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (!IsPartial(current, cancellationToken))
                return $"'{current.ToDisplayString(SymbolExtensions.Message)}' is not partial; add the modifier";
        }

        if (type.FindUnreachable() is { } unreachable)
            return $"'{unreachable.ToDisplayString(SymbolExtensions.Message)}' is out of its reach; make it internal or public";
        foreach (var name in Members)
        {
            if (type.Name == name || IsTaken(type, name))
                return $"the name '{name}' is taken, and a template class has a generated member '{name}'; give the other one another name";
        }

        return null;
    }

    public static TemplateClassModel Describe(INamedTypeSymbol type)
    {
        var declarations = new List<string>();
        var name = "";
        for (var current = type; current is not null; current = current.ContainingType)
        {
            var escaped = Identifiers.Escape(current.Name);
            declarations.Insert(0, $"partial {Keyword(current)} {escaped}");
            name = name.Length == 0 ? escaped : $"{escaped}.{name}";
        }

        var space = type.ContainingNamespace is { IsGlobalNamespace: false } named ? named.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat).Substring("global::".Length) : "";
        var file = FilePrefix + FileName(space.Length == 0 ? name : $"{space}.{name}") + ".g.cs";
        return new TemplateClassModel(space, name, declarations.ToEquatableArray(), file);
    }

    /// <summary>The name of the file that holds the template as YAML; the compiler wants it to end with <c>.cs</c>.</summary>
    public static string YamlFileName(TemplateModel template) => FileName($"{template.Namespace}.{template.Name}.{template.Version}") + ".yaml.cs";

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
                return false;
        }

        return true;
    }

    /// <summary>Whether the user has such a member; the analyzer sees the generated one as well.</summary>
    private static bool IsTaken(INamedTypeSymbol type, string name)
    {
        foreach (var member in type.GetMembers(name))
        {
            foreach (var reference in member.DeclaringSyntaxReferences)
            {
                if (!Path.GetFileName(reference.SyntaxTree.FilePath).StartsWith(FilePrefix, StringComparison.Ordinal))
                    return true;
            }
        }

        return false;
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };

    private static string FileName(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text)
            name.Append(char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_');
        return name.ToString();
    }
}
