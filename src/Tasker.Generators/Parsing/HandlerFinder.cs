using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Finds the annotated methods of a compilation.</summary>
internal static class HandlerFinder
{
    /// <summary>
    /// All handlers in source order; none where generated code would not compile. Runs only when declarations have changed; the compilation is not kept.
    /// </summary>
    public static HandlerSet Find(CompilationDeclarations declarations, CancellationToken cancellationToken)
    {
        if (!declarations.TryGetCompilation(out var compilation) || LanguageFloor.FindTooOld(compilation) is not null)
            return HandlerSet.Create([]);
        var handlers = new List<ParsedHandler>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var methods = TreeDeclarations.Of(tree, cancellationToken).AttributedMethods;
            if (methods.Count == 0)
                continue;
            var model = compilation.GetSemanticModel(tree);
            foreach (var method in methods)
                Find(method, model, handlers, cancellationToken);
        }

        return HandlerSet.Create(handlers);
    }

    private static void Find(MethodDeclarationSyntax syntax, SemanticModel model, List<ParsedHandler> handlers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (model.GetDeclaredSymbol(syntax, cancellationToken) is not IMethodSymbol { ContainingType: not null } method)
            return;
        foreach (var attribute in HandlerAttribute.All)
        {
            if (method.FindAttribute(attribute.MetadataName) is { } data && IsAppliedHere(data, syntax))
                handlers.Add(Parse(method, data, attribute, model.Compilation, cancellationToken));
        }
    }

    /// <summary>The two parts of a partial method share their attributes; the part that carries one speaks for both.</summary>
    private static bool IsAppliedHere(AttributeData data, MethodDeclarationSyntax syntax) =>
        data.ApplicationSyntaxReference is { } reference && reference.SyntaxTree == syntax.SyntaxTree && syntax.FullSpan.Contains(reference.Span);

    private static ParsedHandler Parse(
        IMethodSymbol method,
        AttributeData data,
        HandlerAttribute attribute,
        Compilation compilation,
        CancellationToken cancellationToken)
    {
        try
        {
            var values = new ValueReader(compilation, cancellationToken);
            var handler = HandlerParser.Parse(method, data, attribute, values, report: null, cancellationToken);
            return new ParsedHandler(handler, handler is null ? [] : values.Serializers, Failure: null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One handler that the generator cannot digest must not take the others with it.
            return new ParsedHandler(Handler: null, [], GeneratorFailure.Of(method.ToDisplayString(), exception));
        }
    }
}
