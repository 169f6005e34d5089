using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Client;
using Tasker.Embedded.Crash.Simulation;
using Tasker.Embedded.Engine;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>What a run came to.</summary>
/// <param name="Kills">How often the process was killed.</param>
/// <param name="Idle">The lives among them that were too short to start a task.</param>
/// <param name="Acknowledged">Tasks whose start was acknowledged.</param>
/// <param name="Tasks">Tasks there are: more, because some were stored by a process that could not say so any more.</param>
/// <param name="Steps">Their steps.</param>
/// <param name="Runs">Successful runs of handlers.</param>
/// <param name="RunsAgain">Those of a step that had succeeded before, without it being stored.</param>
/// <param name="Events">Events that the steps led to.</param>
/// <param name="EventsLater">Those that only a later process than their own could deliver.</param>
/// <param name="EventsAgain">Deliveries of an event that had been delivered before.</param>
/// <param name="Killing">How long all but the last process took.</param>
/// <param name="Duration">How long it took until all was done and delivered.</param>
public sealed record KillReport(
    int Kills,
    int Idle,
    int Acknowledged,
    int Tasks,
    int Steps,
    int Runs,
    int RunsAgain,
    int Events,
    int EventsLater,
    int EventsAgain,
    TimeSpan Killing,
    TimeSpan Duration);

/// <summary>Looks into the file that the killed processes left, at the side effects of the steps, and at the events that arrived.</summary>
internal static class Verifier
{
    public static async Task<KillReport> VerifyAsync(
        KillOptions options,
        Dictionary<int, Guid> acknowledged,
        int kills,
        int idle,
        TimeSpan killing,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        var scenario = new Scenario(options.Seed);
        var runs = RunsByTask(Effects.Read(KillRun.EffectsOf(options)));
        using var host = Child.Build(scenario, KillRun.DatabaseOf(options), CommitDurability.Full, faults: null, subscriber: null);

        // The engine alone: whatever is not finished now is not to be finished by the look at it.
        using var engine = host.Services.GetRequiredService<EmbeddedEngine>();
        engine.Start();
        var client = host.Services.GetRequiredService<ITaskClient>();
        var deliveries = Delivery.Read(KillRun.DeliveriesOf(options)).ToArray();
        var events = deliveries.ToLookup(delivery => delivery.Task);
        var found = new Dictionary<int, Guid>();
        var steps = 0;
        await foreach (var summary in client.ListAllAsync(new TaskFilter { PageSize = TaskFilter.MaxPageSize }, cancellationToken).ConfigureAwait(false))
        {
            var task = (await client.GetAsync(summary.TaskId, cancellationToken).ConfigureAwait(false))!;
            var number = Scenario.TaskOf(task.Context);
            if (!found.TryAdd(number, task.TaskId))
                throw new SimulationException($"Task {number} exists twice, as {found[number]} and as {task.TaskId}.");
            steps += task.Steps.Length;
            CompareWithModel(scenario, number, task);
            CompareWithEffects(number, task, runs.GetValueOrDefault(number) ?? []);
            var history = (await client.GetHistoryAsync(task.TaskId, cancellationToken).ConfigureAwait(false))!;
            CheckHistory(number, history);
            CompareWithEvents(number, task, history, events[number]);
        }

        foreach (var (number, id) in acknowledged)
        {
            if (!found.TryGetValue(number, out var actual) || actual != id)
                throw new SimulationException($"Task {number} was acknowledged as {id}, but is lost.");
        }

        foreach (var unknown in events.Where(group => !found.ContainsKey(group.Key)))
            throw new SimulationException($"An event of task {unknown.Key} arrived, which does not exist.");

        var byId = deliveries.ToLookup(delivery => delivery.EventId);
        return new KillReport(
            kills,
            idle,
            acknowledged.Count,
            found.Count,
            steps,
            runs.Values.Sum(list => list.Count),
            runs.Values.Sum(list => list.Count - list.DistinctBy(run => run.Step).Count()),
            byId.Count,
            byId.Count(group => group.All(delivery => delivery.DeliveredIn != delivery.MadeIn)),
            deliveries.Length - byId.Count,
            killing,
            duration);
    }

    private static Dictionary<int, List<(string Step, Guid Number)>> RunsByTask(IEnumerable<(int Task, string Step, Guid Number)> effects)
    {
        var runs = new Dictionary<int, List<(string, Guid)>>();
        foreach (var (task, step, number) in effects)
        {
            if (!runs.TryGetValue(task, out var list))
                runs.Add(task, list = []);
            list.Add((step, number));
        }

        return runs;
    }

    private static void CompareWithModel(Scenario scenario, int number, TaskSnapshot task)
    {
        if (Model.Differs(task, scenario.WorkflowOf(number), step => scenario.ScriptOf(number, step)) is not { } expected)
            return;
        var actual = string.Join(' ', task.Steps.OrderBy(step => step.Name, StringComparer.Ordinal).Select(step => $"{step.Name}={step.State.ToName()}"));
        throw new SimulationException(
            $"Task {number} ({task.TaskId}) ended otherwise than the model says.\nEngine: {task.State.ToName()} {actual}\nModel:  {expected}");
    }

    /// <summary>
    /// A step that is complete ran at least once, and its result is that of one of its runs. Once a step below it has run, it never ran again: it had been
    /// completed then, and that happens once. And the results that steps were given are those that are in the file now.
    /// </summary>
    private static void CompareWithEffects(int number, TaskSnapshot task, List<(string Step, Guid Number)> runs)
    {
        var numbers = new Dictionary<string, string>();
        foreach (var step in task.Steps.Where(step => step.State is StepState.Complete))
        {
            using var result = JsonDocument.Parse(step.Result);
            var own = result.RootElement.GetProperty("number").GetString()!;
            numbers.Add(step.Name, own);
            if (!runs.Contains((step.Name, Guid.Parse(own))))
                throw new SimulationException($"Step '{step.Name}' of task {number} has the result of a run that nobody saw: {Encoding.UTF8.GetString(step.Result.Span)}");
        }

        foreach (var step in task.Steps.Where(step => step.State is StepState.Complete))
        {
            using var result = JsonDocument.Parse(step.Result);
            foreach (var given in result.RootElement.GetProperty("given").EnumerateObject())
            {
                if (numbers[given.Name] != given.Value.GetString())
                    throw new SimulationException($"Step '{step.Name}' of task {number} was given another result of step '{given.Name}' than the one it has now.");
            }

            var first = runs.FindIndex(run => run.Step == step.Name);
            foreach (var parent in step.Dependencies)
            {
                if (runs.FindLastIndex(run => run.Step == parent) > first)
                    throw new SimulationException($"Step '{parent}' of task {number} ran again after step '{step.Name}', which waits for it.");
            }
        }
    }

    /// <summary>
    /// Each outcome that is stored has led to its event: one event, however often it arrived. And no other event arrived, as would one of an attempt whose
    /// outcome was lost with its process.
    /// </summary>
    private static void CompareWithEvents(int number, TaskSnapshot task, TaskHistory history, IEnumerable<Delivery> arrived)
    {
        var expected = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var step in task.Steps)
        {
            if (step.State is StepState.Complete)
            {
                using var result = JsonDocument.Parse(step.Result);
                expected.Add($"{step.Name} {Workflow.Done} {step.Attempts} {result.RootElement.GetProperty("number").GetString()}");
            }

            // A batch that was not started, because another one failed, has had no such attempt.
            if (step is { State: StepState.Error, Failure.ErrorType: Script.Broken })
                expected.Add($"{step.Name} {Workflow.Failed} {step.Attempts} {Guid.Empty}");
            foreach (var entry in history.OfStep(step.Name).Where(entry => entry.Reason == Script.NotYet))
                expected.Add($"{step.Name} {Workflow.Again} {entry.Attempt} {Guid.Empty}");
        }

        var actual = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var group in arrived.GroupBy(delivery => delivery.EventId))
        {
            if (group.Distinct(Delivery.Content).Count() > 1)
                throw new SimulationException($"Event {group.Key} of task {number} arrived in two forms: {string.Join("; ", group)}");
            var one = group.First();
            if (!actual.Add($"{one.Step} {one.Name} {one.Attempt} {one.Number}"))
                throw new SimulationException($"Task {number} has two events that tell the same: {string.Join("; ", arrived.Where(other => other.Step == one.Step))}");
        }

        if (actual.SetEquals(expected))
            return;
        throw new SimulationException(
            $"The events of task {number} ({task.TaskId}) are not those of its steps. Lost: {List(expected.Except(actual))}. Arrived, but did not happen: {List(actual.Except(expected))}.");

        static string List(IEnumerable<string> events) => string.Join("; ", events) is { Length: > 0 } text ? text : "none";
    }

    /// <summary>A step comes to its end once.</summary>
    private static void CheckHistory(int number, TaskHistory history)
    {
        foreach (var line in history.Entries.GroupBy(entry => entry.Step))
        {
            string? state = null;
            foreach (var entry in line)
            {
                if (entry.From != state)
                    throw new SimulationException($"The history of '{line.Key ?? "the task"}' of task {number} is broken.");
                state = entry.To;
            }

            if (line.Count(entry => entry.To is "complete" or "error" or "blocked_by_failures") > 1)
                throw new SimulationException($"'{line.Key ?? "The task"}' of task {number} came to its end more than once.");
        }
    }
}
