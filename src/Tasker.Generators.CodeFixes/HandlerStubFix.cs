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

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new HandlerStubFixAll();

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
                || FindType(root, diagnostic) is not { } type
                || await ProjectTemplate.FindAsync(document.Project, identity, context.CancellationToken).ConfigureAwait(false) is not { } template)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Add the missing handlers of '{template.Model.Name}'",
                    cancellationToken => AddAsync(document, root, ((TypeDeclarationSyntax[])[type]).ToLookup(found => found, _ => template.Model), [], cancellationToken),
                    equivalenceKey: nameof(HandlerStubFix)),
                diagnostic);
        }
    }

    /// <summary>The class that a diagnostic is about, if there is a body to add to.</summary>
    internal static TypeDeclarationSyntax? FindType(SyntaxNode root, Diagnostic diagnostic) =>
        root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is { CloseBraceToken.RawKind: not 0 } type ? type : null;

    /// <param name="document">The file.</param>
    /// <param name="root">Its syntax.</param>
    /// <param name="templates">The templates whose handlers each of its classes gets.</param>
    /// <param name="written">The keys of the handlers that have been added already.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<Document> AddAsync(
        Document document,
        SyntaxNode root,
        ILookup<TypeDeclarationSyntax, TemplateModel> templates,
        HashSet<string> written,
        CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
            return document;

        // Formatted here rather than by the editor afterwards, which would end the lines as its settings say and not as the file does.
        var newLine = FindNewLine(root);
        var end = SyntaxFactory.EndOfLine(newLine);
        var changed = document.WithSyntaxRoot(root.ReplaceNodes(
            templates.Select(type => type.Key),
            (type, rewritten) => rewritten.AddMembers(
            [
                .. WriteStubs(type, templates[type], model, written, cancellationToken)
                    .Select(stub => SyntaxFactory.ParseMemberDeclaration(stub.Replace("\n", newLine))!
                        .WithLeadingTrivia(end)
                        .WithTrailingTrivia(end)
                        .WithAdditionalAnnotations(Added, Simplifier.Annotation)),
            ])));
        var options = await changed.GetOptionsAsync(cancellationToken).ConfigureAwait(false);
        return await Formatter.FormatAsync(
            changed,
            Added,
            options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, newLine),
            cancellationToken).ConfigureAwait(false);
    }

    private static List<string> WriteStubs(
        TypeDeclarationSyntax type,
        IEnumerable<TemplateModel> templates,
        SemanticModel model,
        HashSet<string> written,
        CancellationToken cancellationToken)
    {
        var stubs = new List<string>();
        if (model.GetDeclaredSymbol(type, cancellationToken) is not { } symbol)
            return stubs;
        var handlers = HandlerSets.Of(model.Compilation, cancellationToken);
        var types = new HandlerTypes(handlers);
        var hasAnnotations = model.GetNullableContext(type.OpenBraceToken.SpanStart).AnnotationsEnabled();
        var own = symbol.GetMembers().OfType<IMethodSymbol>().Where(method => HandlerAttribute.FindKey(method) is not null).ToList();
        var keys = own.ConvertAll(method => HandlerAttribute.FindKey(method)!);
        var isStatic = symbol.IsStatic || own.TrueForAll(method => method.IsStatic);
        var taken = new HashSet<string>(symbol.MemberNames, StringComparer.Ordinal) { symbol.Name };
        foreach (var template in templates)
        {
            var stub = new HandlerStub(new StepGraph(template), types, hasAnnotations);
            var missing = new HandlerGraphRules([template], handlers.Own, handlers.All, handlers.Referenced).MissingBeside(keys).SelectMany(found => found.Steps);
            foreach (var step in missing.Where(step => written.Add(HandlerModel.KeyOf(step.Callable, step.Method))))
                stubs.Add(stub.Write(step, ChooseName(step, taken), isStatic));
        }

        return stubs;
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
