namespace Tasker;

/// <summary>The result of an ancestor step.</summary>
/// <param name="Step">The step's name in the task.</param>
/// <param name="TemplateStep">The name of its template step; differs from <paramref name="Step"/> for batch worker instances.</param>
/// <param name="Result">What its handler returned, a UTF-8 JSON object.</param>
public readonly record struct AncestorResult(string Step, string TemplateStep, ReadOnlyMemory<byte> Result);

/// <summary>The results of a step's transitive ancestors. Implemented by work sources; safe to read from any thread.</summary>
public abstract class StepResults
{
    /// <summary>No results.</summary>
    public static StepResults None { get; } = new Listed([]);

    /// <summary>Results held in a list.</summary>
    public static StepResults From(params IReadOnlyList<AncestorResult> results) => new Listed(results);

    /// <summary>Finds the result of a step by its name in the task.</summary>
    /// <returns><see langword="false"/> when the step is not an ancestor or has no result, such as a branch not taken.</returns>
    public abstract bool TryGet(string step, out ReadOnlyMemory<byte> result);

    /// <summary>All results, in the order in which their steps were created.</summary>
    public abstract IEnumerable<AncestorResult> All();

    private sealed class Listed(IReadOnlyList<AncestorResult> results) : StepResults
    {
        public override bool TryGet(string step, out ReadOnlyMemory<byte> result)
        {
            foreach (var ancestor in results)
            {
                if (ancestor.Step == step)
                {
                    result = ancestor.Result;
                    return true;
                }
            }

            result = default;
            return false;
        }

        public override IEnumerable<AncestorResult> All() => results;
    }
}
