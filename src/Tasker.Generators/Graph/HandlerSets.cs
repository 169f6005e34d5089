using Microsoft.CodeAnalysis;
using Tasker.Generators.Incremental;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Graph;

/// <summary>All handlers of a compilation, for analyzers. The last answer is kept: while one types in a body, the question stays the same.</summary>
internal static class HandlerSets
{
    private static Answer? _last;

    public static HandlerSet Of(Compilation compilation, CancellationToken cancellationToken)
    {
        var declarations = CompilationDeclarations.Of(compilation, cancellationToken);
        if (_last is { } last && last.Declarations.Equals(declarations))
            return last.Handlers;
        var handlers = HandlerFinder.Find(declarations, cancellationToken);
        _last = new Answer(declarations, handlers);
        return handlers;
    }

    private sealed class Answer(CompilationDeclarations declarations, HandlerSet handlers)
    {
        public CompilationDeclarations Declarations { get; } = declarations;

        public HandlerSet Handlers { get; } = handlers;
    }
}
