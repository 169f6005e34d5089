using Tasker.Templates;

namespace Tasker.Embedded.Storage;

/// <summary>The names of step types, as templates write them (protocol sheet §3.2).</summary>
internal static class StepTypeNames
{
    public static string ToName(this StepType type) => type switch
    {
        StepType.Decision => "decision",
        StepType.DeferredConvergence => "deferred_convergence",
        StepType.Batchable => "batchable",
        StepType.BatchWorker => "batch_worker",
        _ => "standard",
    };

    /// <exception cref="FormatException">No step type has that name.</exception>
    public static StepType Parse(string name) => name switch
    {
        "standard" => StepType.Standard,
        "decision" => StepType.Decision,
        "deferred_convergence" => StepType.DeferredConvergence,
        "batchable" => StepType.Batchable,
        "batch_worker" => StepType.BatchWorker,
        _ => throw new FormatException($"'{name}' is not the name of a step type."),
    };
}
