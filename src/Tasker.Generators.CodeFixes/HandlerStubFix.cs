using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.CodeFixes;

/// <summary>Adds a stub for each step of a template that has no handler, to a class that has handlers of that template.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HandlerStubFix))]
[Shared]
public sealed class HandlerStubFix : CodeFixProvider
{
    private static readonly SyntaxAnnotation Added = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.MissingHandlersHere];

    /// <summary>None: two classes with handlers of one template would both get the missing ones.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue(TaskerGraphAnalyzer.Template, out var identity)
                || identity is null
                || root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { CloseBraceToken.RawKind: not 0 } type
                || await ProjectTemplate.FindAsync(document.Project, identity, context.CancellationToken).ConfigureAwait(false) is not { } template)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Add the missing handlers of '{template.Model.Name}'",
                    cancellationToken => AddAsync(document, root, type, template.Model, cancellationToken),
                    equivalenceKey: $"{nameof(HandlerStubFix)}:{identity}"),
                diagnostic);
        }
    }

    private static async Task<Document> AddAsync(Document document, SyntaxNode root, TypeDeclarationSyntax type, TemplateModel template, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(type, cancellationToken) is not { } symbol)
        {
            return document;
        }

        // Formatted here rather than by the editor afterwards, which would end the lines as its settings say and not as the file does.
        var newLine = FindNewLine(root);
        var end = SyntaxFactory.EndOfLine(newLine);
        var members = WriteStubs(type, symbol, template, model, cancellationToken)
            .Select(stub => SyntaxFactory.ParseMemberDeclaration(stub.Replace("\n", newLine))!
                .WithLeadingTrivia(end)
                .WithTrailingTrivia(end)
                .WithAdditionalAnnotations(Added, Simplifier.Annotation));
        var changed = document.WithSyntaxRoot(root.ReplaceNode(type, type.AddMembers([.. members])));
        var options = await changed.GetOptionsAsync(cancellationToken).ConfigureAwait(false);
        return await Formatter.FormatAsync(
            changed,
            Added,
            options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, newLine),
            cancellationToken).ConfigureAwait(false);
    }

    private static List<string> WriteStubs(
        TypeDeclarationSyntax type,
        INamedTypeSymbol symbol,
        TemplateModel template,
        SemanticModel model,
        CancellationToken cancellationToken)
    {
        var handlers = HandlerSets.Of(model.Compilation, cancellationToken);
        var rules = new HandlerGraphRules([template], handlers.Own, handlers.All);
        var stub = new HandlerStub(
            new StepGraph(template),
            HandlerSymbols.Of(model.Compilation, cancellationToken),
            model.GetNullableContext(type.OpenBraceToken.SpanStart).AnnotationsEnabled());
        var own = symbol.GetMembers().OfType<IMethodSymbol>().Where(method => HandlerAttribute.FindKey(method) is not null).ToList();
        var isStatic = symbol.IsStatic || own.TrueForAll(method => method.IsStatic);
        var taken = new HashSet<string>(symbol.MemberNames, StringComparer.Ordinal) { symbol.Name };
        return
        [
            .. rules.MissingBeside([.. own.Select(method => HandlerAttribute.FindKey(method)!)])
                .SelectMany(missing => missing.Steps)
                .Select(step => stub.Write(step, ChooseName(step, taken), isStatic)),
        ];
    }

    private static string ChooseName(StepModel step, HashSet<string> taken)
    {
        var wanted = Identifiers.ToPascalCase(step.Method is { Length: > 0 } method and not "call" ? $"{step.Callable}_{method}" : step.Callable);
        var name = wanted;
        for (var suffix = 2; !taken.Add(name); suffix++)
            name = $"{wanted}{suffix}";
        return name;
    }

    private static string FindNewLine(SyntaxNode root)
    {
        var first = root.DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return first.IsKind(SyntaxKind.None) ? "\n" : first.ToString();
    }
}
