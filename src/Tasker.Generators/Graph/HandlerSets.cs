using Microsoft.CodeAnalysis;
using Tasker.Generators.Incremental;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Graph;

/// <summary>All handlers of a compilation, for analyzers. The last answer is kept: while one types in a body, the question stays the same.</summary>
internal sealed class HandlerSets
{
    private static HandlerSets? _last;

    private readonly object _source;

    /// <param name="source">What it was found in: an equal one gives the same answer.</param>
    /// <param name="own">The handlers of the assembly.</param>
    /// <param name="referenced">Those of referenced assemblies.</param>
    private HandlerSets(object source, HandlerSet own, ReferencedHandlers referenced)
    {
        _source = source;
        Own = own;
        Referenced = referenced;
        All = own.ToMap(referenced);
    }

    /// <summary>Those of the assembly.</summary>
    public HandlerSet Own { get; }

    /// <summary>Those that referenced assemblies announce.</summary>
    public ReferencedHandlers Referenced { get; }

    /// <summary>Both, one for each key.</summary>
    public HandlerMap All { get; }

    public static HandlerSets Of(Compilation compilation, CancellationToken cancellationToken)
    {
        // All analyzers ask at once: one of them looks, the others wait for its answer.
        var methods = ParsedMethods.Of(compilation);
        lock (methods)
        {
            if (methods.Findings is { Handlers: { } found } findings)
                return Last(findings) ?? Keep(findings, found, compilation, cancellationToken);
            var declarations = CompilationDeclarations.Of(compilation, cancellationToken);
            return Last(declarations) ?? Keep(declarations, HandlerFinder.Find(declarations, cancellationToken), compilation, cancellationToken);
        }
    }

    private static HandlerSets? Last(object source) => _last is { } last && last._source.Equals(source) ? last : null;

    private static HandlerSets Keep(object source, HandlerSet own, Compilation compilation, CancellationToken cancellationToken) =>
        _last = new HandlerSets(source, own, ReferencedHandlers.Of(compilation, cancellationToken));
}
