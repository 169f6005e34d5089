using System.Globalization;
using System.Text;
using System.Text.Json;
using Tasker.Embedded.Crash.Simulation;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>What the processes that are killed, and the one that kills them, agree on: workflows, and what each step of each task returns.</summary>
internal sealed class Scenario
{
    private const int WorkflowCount = 8;

    private readonly int _seed;

    public Scenario(int seed, Effects? effects = null)
    {
        _seed = seed;
        var random = new Random(seed);
        Workflows =
        [
            .. Enumerable.Range(0, WorkflowCount).Select(number => Workflow.Create(
                random,
                "w" + number.ToString(CultureInfo.InvariantCulture),
                WorkflowPace.Real,
                effects is null ? null : step => new ScriptedHandler(this, number, step, effects))),
        ];
    }

    public IReadOnlyList<Workflow> Workflows { get; }

    public Workflow WorkflowOf(int task) => Workflows[task % WorkflowCount];

    public Script ScriptOf(int task, string step) => new(_seed, task, step, endsSoon: true);

    public static byte[] ContextOf(int task) => Encoding.UTF8.GetBytes($$"""{"task":{{task.ToString(CultureInfo.InvariantCulture)}}}""");

    public static int TaskOf(ReadOnlyMemory<byte> context)
    {
        using var document = JsonDocument.Parse(context);
        return document.RootElement.GetProperty("task").GetInt32();
    }

    /// <summary>
    /// Does what the script says, and something that the outside world can see: it writes a line to a file. The result holds a number that no other run
    /// has, and the numbers in the results it was given.
    /// </summary>
    private sealed class ScriptedHandler(Scenario scenario, int workflow, StepDefinition step, Effects effects)
        : HandlerAdapter(step.Callable, null, HandlerKind.Step, needsScope: false)
    {
        public override async ValueTask InvokeAsync(StepContext context, StepOutcome outcome)
        {
            await Task.Yield();
            var task = TaskOf(context.Step.TaskContext);
            var script = scenario.ScriptOf(task, context.StepName);
            if (script.FailureOf(context.Step.Attempts + 1) is { } failure)
            {
                outcome.SetFailure(failure);
                return;
            }

            if (step.Type is StepType.BatchWorker && script.Yields && context.CheckpointCursor is null && !context.Step.IsPlaceholderBatch)
            {
                outcome.BeginBatchResult(new BatchContext(context).Yield(1, 1));
                outcome.End();
                return;
            }

            var number = Guid.NewGuid();
            var writer = step.Type switch
            {
                StepType.Decision => outcome.BeginDecision(script.Decide(scenario.Workflows[workflow], step.Name)),
                StepType.Batchable => outcome.BeginBatchPlan(script.Plan(), scenario.Workflows[workflow].WorkerOf(step.Name)),
                _ => outcome.BeginObject(),
            };
            var isPlain = step.Type is not (StepType.Decision or StepType.Batchable);
            if (isPlain)
                writer.WriteStartObject();
            writer.WriteString("number", number);
            writer.WriteStartObject("given");
            foreach (var result in context.Step.Dependencies.All())
            {
                using var document = JsonDocument.Parse(result.Result);
                writer.WriteString(result.Step, document.RootElement.GetProperty("number").GetString());
            }

            writer.WriteEndObject();
            if (isPlain)
                writer.WriteEndObject();
            outcome.End();
            effects.Add(task, context.StepName, number);
        }
    }
}
