using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Finds the annotated methods and classes of a compilation.</summary>
internal static class HandlerFinder
{
    /// <summary>
    /// All handlers and template classes in source order; none where generated code would not compile. Runs only when declarations have changed; the compilation is not kept.
    /// </summary>
    public static HandlerSet Find(CompilationDeclarations declarations, CancellationToken cancellationToken)
    {
        if (!declarations.TryGetCompilation(out var compilation) || LanguageFloor.FindTooOld(compilation) is not null)
            return HandlerSet.Create([], []);
        var trees = new List<SyntaxTree>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var declared = TreeDeclarations.Of(tree, cancellationToken);
            if (declared.AttributedMethods.Count > 0 || declared.AttributedClasses.Count > 0)
                trees.Add(tree);
        }

        // Nearly all of the time goes into Roslyn's binding of members and attributes, which it does on several threads when it is allowed to.
        var found = new FoundHere[trees.Count];
        if (compilation.Options.ConcurrentBuild && trees.Count > 1)
        {
            var options = new ParallelOptions { CancellationToken = cancellationToken };
            Parallel.For(0, found.Length, options, i => found[i] = Find(trees[i], compilation, cancellationToken));
        }
        else
        {
            found = trees.ConvertAll(tree => Find(tree, compilation, cancellationToken)).ToArray();
        }

        var handlers = new List<ParsedHandler>();
        var templates = new List<ClassTemplate>();
        foreach (var file in found)
        {
            handlers.AddRange(file.Handlers);
            templates.AddRange(file.Templates);
        }

        return HandlerSet.Create(handlers, templates);
    }

    private static FoundHere Find(SyntaxTree tree, Compilation compilation, CancellationToken cancellationToken)
    {
        var found = new FoundHere([], []);
        var declared = TreeDeclarations.Of(tree, cancellationToken);
        var model = compilation.GetSemanticModel(tree);
        foreach (var method in declared.AttributedMethods)
            Find(method, model, found.Handlers, cancellationToken);
        foreach (var type in declared.AttributedClasses)
            Find(type, model, found.Templates, found.Handlers, cancellationToken);
        return found;
    }

    private static void Find(MethodDeclarationSyntax syntax, SemanticModel model, List<ParsedHandler> handlers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (model.GetDeclaredSymbol(syntax, cancellationToken) is not IMethodSymbol { ContainingType: not null } method)
            return;
        foreach (var parsed in ParsedMethods.Of(model.Compilation).Find(method, cancellationToken))
        {
            if (IsAppliedHere(parsed.Attribute, syntax))
                handlers.Add(parsed.Result);
        }
    }

    private static void Find(
        TypeDeclarationSyntax syntax,
        SemanticModel model,
        List<ClassTemplate> templates,
        List<ParsedHandler> handlers,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (model.GetDeclaredSymbol(syntax, cancellationToken) is not INamedTypeSymbol type
            || type.FindAttribute(KnownNames.TaskTemplateAttribute) is not { } data
            || !IsAppliedHere(data, syntax))
        {
            return;
        }

        try
        {
            var parsed = TemplateClassParser.Parse(type, data, report: null, cancellationToken);
            if (parsed.Model is { } template && TemplateClassShape.FindObstacle(type, cancellationToken) is null)
                templates.Add(new ClassTemplate(template, TemplateClassShape.Describe(type), TemplateClassShape.YamlFileName(template)));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            handlers.Add(new ParsedHandler(Handler: null, [], GeneratorFailure.Of(type.ToDisplayString(), exception)));
        }
    }

    /// <summary>The parts of a partial declaration share their attributes; the part that carries one speaks for all.</summary>
    private static bool IsAppliedHere(AttributeData data, MemberDeclarationSyntax syntax) =>
        data.ApplicationSyntaxReference is { } reference && reference.SyntaxTree == syntax.SyntaxTree && syntax.FullSpan.Contains(reference.Span);

    /// <summary>What one file has.</summary>
    private sealed record FoundHere(List<ParsedHandler> Handlers, List<ClassTemplate> Templates);
}
