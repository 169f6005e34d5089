using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.CodeFixes;

/// <summary>Replaces a misspelt step's name by the one that was probably meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NearestNameFix))]
[Shared]
public sealed class NearestNameFix : SingleDiagnosticFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [RuleIds.UnknownStepRead, RuleIds.WrongWorkerTemplate, RuleIds.UnknownRoute];

    private protected override async Task<DocumentEdit?> FindEditAsync(
        Document document,
        SyntaxNode root,
        SyntaxNode node,
        Diagnostic diagnostic,
        CancellationToken cancellationToken)
    {
        if (!diagnostic.Properties.TryGetValue(TaskerGraphAnalyzer.Suggestion, out var name) || name is null)
            return null;
        var title = $"Change to '{name}'";
        if (FindLiteral(node) is { } literal)
            return Replace(title, document, root, literal, Text(name).WithTriviaFrom(literal));

        // The name comes from the parameter's: the attribute gets one of its own, and the parameter keeps its name.
        if (node is not ParameterSyntax parameter
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(parameter, cancellationToken)?.FindAttribute(KnownNames.FromStepAttribute) is not { } attribute
            || attribute.ApplicationSyntaxReference is not { } reference
            || reference.SyntaxTree != root.SyntaxTree
            || await reference.GetSyntaxAsync(cancellationToken).ConfigureAwait(false) is not AttributeSyntax syntax)
        {
            return null;
        }

        var arguments = SyntaxFactory.AttributeArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.AttributeArgument(Text(name))));
        var named = syntax.WithName(syntax.Name.WithoutTrailingTrivia()).WithArgumentList(arguments.WithTrailingTrivia(syntax.GetTrailingTrivia()));
        return Replace(title, document, root, syntax, named);
    }

    /// <summary>A constant's name is not replaced: others may use it.</summary>
    private static LiteralExpressionSyntax? FindLiteral(SyntaxNode node) => node switch
    {
        LiteralExpressionSyntax literal => literal,
        AttributeArgumentSyntax { Expression: LiteralExpressionSyntax literal } => literal,
        ArgumentSyntax { Expression: LiteralExpressionSyntax literal } => literal,
        _ => null,
    };

    private static LiteralExpressionSyntax Text(string name) => SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name));
}
