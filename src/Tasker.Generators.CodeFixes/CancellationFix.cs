using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;

namespace Tasker.Generators.CodeFixes;

/// <summary>Passes a handler's cancellation token to each call that can take one, and adds the parameter when there is none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CancellationFix))]
[Shared]
public sealed class CancellationFix : SingleDiagnosticFix
{
    private const string ParameterName = "cancellationToken";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.IgnoredCancellation];

    private protected override async Task<DocumentEdit?> FindEditAsync(
        Document document,
        SyntaxNode root,
        SyntaxNode node,
        Diagnostic diagnostic,
        CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        var calls = FindCalls(method, model, cancellationToken);
        if (calls.Count == 0)
            return null;
        if (node.FirstAncestorOrSelf<ParameterSyntax>() is { } parameter)
        {
            var name = parameter.Identifier.Text;
            return Edit($"Pass '{name}' on", document, calls, name, method: null);
        }

        // Both parts of a partial method would need the parameter; and a name that is taken needs a decision.
        return method.Modifiers.Any(SyntaxKind.PartialKeyword) || IsTaken(method)
            ? null
            : Edit("Add a CancellationToken and pass it on", document, calls, ParameterName, method);
    }

    private static DocumentEdit Edit(string title, Document document, List<(InvocationExpressionSyntax Call, string Slot)> calls, string token, MethodDeclarationSyntax? method) =>
        new(title, async cancellationToken =>
        {
            var editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
            foreach (var (call, slot) in calls)
                editor.ReplaceNode(call, (current, _) => WithToken((InvocationExpressionSyntax)current, slot, token));
            if (method is not null)
                editor.ReplaceNode(method.ParameterList, (current, _) => WithParameter((ParameterListSyntax)current));
            return editor.GetChangedDocument();
        });

    /// <summary>The calls that could take the token; what a static function cannot capture is left out.</summary>
    private static List<(InvocationExpressionSyntax Call, string Slot)> FindCalls(MethodDeclarationSyntax method, SemanticModel model, CancellationToken cancellationToken)
    {
        var calls = new List<(InvocationExpressionSyntax Call, string Slot)>();
        foreach (var call in method.DescendantNodes(IsInReach).OfType<InvocationExpressionSyntax>())
        {
            if (model.GetOperation(call, cancellationToken) is IInvocationOperation operation && CancellableCall.FindOmitted(operation) is { } slot)
                calls.Add((call, NeedsName(call, operation) ? slot.Name : ""));
        }

        return calls;
    }

    private static bool IsInReach(SyntaxNode node) => node switch
    {
        AnonymousFunctionExpressionSyntax lambda => !lambda.Modifiers.Any(SyntaxKind.StaticKeyword),
        LocalFunctionStatementSyntax function => !function.Modifiers.Any(SyntaxKind.StaticKeyword),
        _ => true,
    };

    /// <summary>The token comes last; where an optional argument before it is left out or one is named, it needs its name.</summary>
    private static bool NeedsName(InvocationExpressionSyntax call, IInvocationOperation operation) =>
        call.ArgumentList.Arguments.Any(argument => argument.NameColon is not null)
        || operation.Arguments.Any(argument => argument.ArgumentKind is ArgumentKind.DefaultValue && !CancellableCall.IsToken(argument.Parameter?.Type));

    private static InvocationExpressionSyntax WithToken(InvocationExpressionSyntax call, string slot, string token)
    {
        var argument = SyntaxFactory.Argument(
            slot.Length == 0 ? null : SyntaxFactory.NameColon(slot).WithTrailingTrivia(SyntaxFactory.Space),
            refKindKeyword: default,
            SyntaxFactory.IdentifierName(token));
        return call.WithArgumentList(call.ArgumentList.WithArguments(Append(call.ArgumentList.Arguments, argument)));
    }

    private static ParameterListSyntax WithParameter(ParameterListSyntax list)
    {
        var parameter = SyntaxFactory.Parameter(SyntaxFactory.Identifier(ParameterName))
            .WithType(SyntaxFactory.ParseTypeName("global::System.Threading.CancellationToken")
                .WithTrailingTrivia(SyntaxFactory.Space)
                .WithAdditionalAnnotations(Simplifier.Annotation));

        // After an optional parameter only optional ones may follow.
        if (list.Parameters.LastOrDefault()?.Default is not null)
        {
            parameter = parameter.WithDefault(SyntaxFactory.EqualsValueClause(
                SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
                SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression, SyntaxFactory.Token(SyntaxKind.DefaultKeyword))));
        }

        return list.WithParameters(Append(list.Parameters, parameter));
    }

    /// <summary>Adds an item, laid out as the one before it: on a line of its own when that one is.</summary>
    private static SeparatedSyntaxList<T> Append<T>(SeparatedSyntaxList<T> items, T item)
        where T : SyntaxNode
    {
        if (items.Count == 0)
            return SyntaxFactory.SingletonSeparatedList(item);
        var last = items[items.Count - 1];
        var gap = items.SeparatorCount > 0 ? Layout(items.GetSeparator(items.SeparatorCount - 1).TrailingTrivia) : SyntaxFactory.TriviaList(SyntaxFactory.Space);
        var all = items.Replace(last, last.WithoutTrailingTrivia()).GetWithSeparators()
            .Add(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(gap))
            .Add(item.WithLeadingTrivia(items.Count > 1 ? Layout(last.GetLeadingTrivia()) : default).WithTrailingTrivia(last.GetTrailingTrivia()));
        return SyntaxFactory.SeparatedList<T>(all);
    }

    private static SyntaxTriviaList Layout(SyntaxTriviaList trivia) =>
        SyntaxFactory.TriviaList(trivia.Where(item => item.IsKind(SyntaxKind.WhitespaceTrivia) || item.IsKind(SyntaxKind.EndOfLineTrivia)));

    private static bool IsTaken(MethodDeclarationSyntax method) =>
        method.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == ParameterName);
}
