using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Handlers;

/// <summary>What the analyzers of an aggregation's batches said (worker behaviour §5.1).</summary>
/// <param name="Workers">The batch worker template steps that are aggregated.</param>
/// <param name="Scenario">Why there are batches or none.</param>
/// <param name="Planned">The ids of the planned batches.</param>
internal sealed record BatchAnalysis(IReadOnlyList<string> Workers, BatchScenario Scenario, IReadOnlyList<string> Planned)
{
    /// <param name="step">The step that aggregates.</param>
    /// <param name="worker">The worker's template step, or empty for every batch worker among the step's dependencies.</param>
    public static BatchAnalysis Read(ClaimedStep step, string worker)
    {
        string[] workers = worker.Length > 0
            ? [worker]
            : [.. step.Definition.Dependencies.Where(name => step.Template.FindStep(name) is { Type: StepType.BatchWorker })];
        var planned = new List<string>();
        var reached = false;
        foreach (var ancestor in step.Dependencies.All())
        {
            if (step.Template.FindStep(ancestor.TemplateStep) is not { Type: StepType.Batchable } analyzer)
                continue;
            using var document = JsonDocument.Parse(ancestor.Result);
            if (!document.RootElement.TryGetProperty("batch_processing_outcome"u8, out var outcome) || outcome.ValueKind is not JsonValueKind.Object)
                continue;
            if (outcome.TryGetProperty("worker_template_name"u8, out var target))
            {
                if (!workers.Contains(target.GetString()))
                    continue;
                planned.AddRange(outcome.GetProperty("cursor_configs"u8).EnumerateArray().Select(cursor => cursor.GetProperty("batch_id"u8).GetString()!));
                reached = true;
            }
            else
            {
                reached |= workers.Any(name => Serves(step.Template, analyzer, name));
            }
        }

        var scenario = planned.Count > 0 ? BatchScenario.WithBatches : reached ? BatchScenario.NoBatches : BatchScenario.NotReached;
        return new BatchAnalysis(workers, scenario, planned);
    }

    /// <summary>The batch's id: what its step's name adds to that of its template step.</summary>
    public static string BatchId(AncestorResult batch) =>
        batch.Step.Length > batch.TemplateStep.Length ? batch.Step[(batch.TemplateStep.Length + 1)..] : batch.Step;

    /// <summary>An empty plan does not name its worker: it is one that depends on the analyzer, or that names no analyzer at all.</summary>
    private static bool Serves(TaskTemplate template, StepDefinition analyzer, string worker) =>
        template.FindStep(worker) is { } definition
        && (definition.Dependencies.Contains(analyzer.Name)
            || !definition.Dependencies.Any(name => template.FindStep(name) is { Type: StepType.Batchable }));
}
