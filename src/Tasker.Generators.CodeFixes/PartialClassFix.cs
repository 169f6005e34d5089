using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Diagnostics;

namespace Tasker.Generators.CodeFixes;

/// <summary>Makes a template class partial, and every type around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialClassFix))]
[Shared]
public sealed class PartialClassFix : SingleDiagnosticFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.IncompleteTemplateClass];

    private protected override Task<DocumentEdit?> FindEditAsync(
        Document document,
        SyntaxNode root,
        SyntaxNode node,
        Diagnostic diagnostic,
        CancellationToken cancellationToken)
    {
        // What else keeps a class from being completed needs a decision.
        var closed = node.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Where(type => !type.Modifiers.Any(SyntaxKind.PartialKeyword)).ToList();
        if (closed.Count == 0 || closed.Any(type => type.TypeParameterList is not null))
            return Task.FromResult<DocumentEdit?>(null);
        var title = closed.Count == 1 ? $"Make '{closed[0].Identifier.ValueText}' partial" : $"Make '{closed[0].Identifier.ValueText}' and the types around it partial";
        return Task.FromResult<DocumentEdit?>(new DocumentEdit(
            title,
            _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNodes(closed, static (_, current) => MakePartial(current))))));
    }

    /// <summary>The modifier stands right before the keyword; a keyword that came first leaves its comments and indentation to it.</summary>
    private static TypeDeclarationSyntax MakePartial(TypeDeclarationSyntax type)
    {
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return type.Modifiers.Count > 0
            ? type.WithModifiers(type.Modifiers.Add(partial))
            : (TypeDeclarationSyntax)type
                .WithKeyword(type.Keyword.WithLeadingTrivia())
                .WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)));
    }
}
