using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Pipeline;

/// <summary>
/// Joins what flows through the pipeline. All of it is of classes: the runtime has one compiled form of Roslyn's tables for all classes, but in each new compiler process it
/// compiles some 150 methods for every kind of value type that is put into them, pairs of pairs among them.
/// </summary>
internal static class PipelineExtensions
{
    /// <summary>One value of each.</summary>
    public static IncrementalValueProvider<TResult> With<T, TOther, TResult>(
        this IncrementalValueProvider<T> source, IncrementalValueProvider<TOther> other, Func<T, TOther, TResult> join)
        where T : class
        where TOther : class
        where TResult : class => source.Combine(other).Select((pair, _) => join(pair.Left, pair.Right));

    /// <summary>Each value with the one that all have in common.</summary>
    public static IncrementalValuesProvider<TResult> With<T, TOther, TResult>(
        this IncrementalValuesProvider<T> source, IncrementalValueProvider<TOther> other, Func<T, TOther, TResult> join)
        where T : class
        where TOther : class
        where TResult : class => source.Combine(other).Select((pair, _) => join(pair.Left, pair.Right));

    /// <summary>What a value and the one that all have in common lead to.</summary>
    public static IncrementalValuesProvider<TResult> WithMany<T, TOther, TResult>(
        this IncrementalValuesProvider<T> source, IncrementalValueProvider<TOther> other, Func<T, TOther, IEnumerable<TResult>> join)
        where T : class
        where TOther : class
        where TResult : class => source.Combine(other).SelectMany((pair, _) => join(pair.Left, pair.Right));

    /// <summary>All values as one.</summary>
    public static IncrementalValueProvider<EquatableArray<T>> Gather<T>(this IncrementalValuesProvider<T> source)
        where T : class, IEquatable<T> => source.Collect().Select(static (all, _) => all.ToEquatableArray());
}
