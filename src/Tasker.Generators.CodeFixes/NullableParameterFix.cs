using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Diagnostics;

namespace Tasker.Generators.CodeFixes;

/// <summary>Makes a parameter nullable that reads a branch which may not be taken.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NullableParameterFix))]
[Shared]
public sealed class NullableParameterFix : SingleDiagnosticFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.OptionalBranch];

    private protected override async Task<DocumentEdit?> FindEditAsync(
        Document document,
        SyntaxNode root,
        SyntaxNode node,
        Diagnostic diagnostic,
        CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<ParameterSyntax>() is not { Type: { } type and not NullableTypeSyntax } parameter
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        // Where references have no annotations, a question mark would mean nothing.
        var isValue = model.GetTypeInfo(type, cancellationToken).Type is { IsValueType: true };
        if (!isValue && !model.GetNullableContext(type.SpanStart).AnnotationsEnabled())
            return null;
        var nullable = SyntaxFactory.NullableType(type.WithoutTrailingTrivia()).WithTrailingTrivia(type.GetTrailingTrivia());
        return Replace($"Make '{parameter.Identifier.ValueText}' nullable", document, root, type, nullable);
    }
}
