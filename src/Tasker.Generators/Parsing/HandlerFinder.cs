using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
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

        var set = HandlerSet.Create(handlers, templates);
        GeneratorFindings.Keep(declarations, set, trees, Array.ConvertAll(found, file => file.Sound), found.All(file => file.IsSound));
        return set;
    }

    private static FoundHere Find(SyntaxTree tree, Compilation compilation, CancellationToken cancellationToken)
    {
        var found = new FoundHere();
        var declared = TreeDeclarations.Of(tree, cancellationToken);
        var model = compilation.GetSemanticModel(tree);
        foreach (var method in declared.AttributedMethods)
            Find(method, model, found, cancellationToken);
        foreach (var type in declared.AttributedClasses)
            Find(type, model, found, cancellationToken);
        return found;
    }

    private static void Find(MethodDeclarationSyntax syntax, SemanticModel model, FoundHere found, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (model.GetDeclaredSymbol(syntax, cancellationToken) is not IMethodSymbol { ContainingType: not null } method)
            return;
        // Names and default values of a partial method are those of the part that declares it, wherever its attribute is.
        foreach (var parsed in ParsedMethods.Of(model.Compilation).Find(method.PartialDefinitionPart ?? method, cancellationToken))
        {
            if (!IsAppliedHere(parsed.Attribute, syntax))
                continue;
            found.Handlers.Add(parsed.Result);
            if (parsed.IsSound)
                found.Sound[parsed.Attribute.ApplicationSyntaxReference!.Span] = parsed.Result;
            else
                found.IsSound = false;
        }
    }

    private static void Find(
        TypeDeclarationSyntax syntax,
        SemanticModel model,
        FoundHere found,
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
            {
                found.Templates.Add(new ClassTemplate(
                    template,
                    TemplateClassShape.Describe(type),
                    TemplateClassShape.YamlFileName(template),
                    TakenName.IsTaken("Inputs", type, model.Compilation, cancellationToken)));
            }
            else
            {
                found.IsSound = false;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            found.IsSound = false;
            found.Handlers.Add(new ParsedHandler(Handler: null, [], GeneratorFailure.Of(type.ToDisplayString(), exception)));
        }
    }

    /// <summary>The parts of a partial declaration share their attributes; the part that carries one speaks for all.</summary>
    private static bool IsAppliedHere(AttributeData data, MemberDeclarationSyntax syntax) =>
        data.ApplicationSyntaxReference is { } reference && reference.SyntaxTree == syntax.SyntaxTree && syntax.FullSpan.Contains(reference.Span);

    /// <summary>What one file has.</summary>
    private sealed class FoundHere
    {
        public List<ParsedHandler> Handlers { get; } = [];

        public List<ClassTemplate> Templates { get; } = [];

        /// <summary>The handlers that nothing is to be said about, by the place of their attribute.</summary>
        public Dictionary<TextSpan, ParsedHandler> Sound { get; } = [];

        /// <summary>Whether that is all there is.</summary>
        public bool IsSound { get; set; } = true;
    }
}
