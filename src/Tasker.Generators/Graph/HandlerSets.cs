using Microsoft.CodeAnalysis;
using Tasker.Generators.Incremental;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Graph;

/// <summary>All handlers of a compilation, for analyzers. The last answer is kept: while one types in a body, the question stays the same.</summary>
internal sealed class HandlerSets
{
    private static HandlerSets? _last;

    private readonly CompilationDeclarations _declarations;

    private HandlerSets(CompilationDeclarations declarations, HandlerSet own, HandlerMap all)
    {
        _declarations = declarations;
        Own = own;
        All = all;
    }

    /// <summary>Those of the assembly.</summary>
    public HandlerSet Own { get; }

    /// <summary>With those that referenced assemblies announce.</summary>
    public HandlerMap All { get; }

    public static HandlerSets Of(Compilation compilation, CancellationToken cancellationToken)
    {
        // All analyzers ask at once: one of them looks, the others wait for its answer.
        lock (ParsedMethods.Of(compilation))
        {
            var declarations = CompilationDeclarations.Of(compilation, cancellationToken);
            if (_last is { } last && last._declarations.Equals(declarations))
                return last;
            var handlers = HandlerFinder.Find(declarations, cancellationToken);
            return _last = new HandlerSets(declarations, handlers, handlers.ToMap(ReferencedHandlers.Of(declarations, cancellationToken)));
        }
    }
}
