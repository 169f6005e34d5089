using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Samples;

/// <summary>
/// Starts tasks of a workflow, unless an earlier run was interrupted in the middle of the same one. The worker goes on with all of those as soon as
/// it starts, and may be done with them at once; so this is a service that starts before it and notes what there is.
/// </summary>
internal sealed class ResumableTasks<TInput>(ITaskClient client, TaskTemplate<TInput> template) : IHostedService
{
    private readonly TaskFilter _unfinished = new()
    {
        Namespace = template.Namespace,
        Name = template.Name,
        Version = template.Version,
        States = [.. Enum.GetValues<TaskState>().Where(state => !state.IsSettled())],
    };

    private ImmutableArray<TaskSummary> _interrupted = [];

    public async Task StartAsync(CancellationToken cancellationToken) =>
        _interrupted = [.. await client.ListAllAsync(_unfinished, cancellationToken).ToListAsync(cancellationToken)];

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Goes on with the interrupted task that has this context, or starts one.</summary>
    /// <param name="input">The context.</param>
    /// <param name="notes">Takes a line about each thing that goes on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TaskHandle> ContinueOrStartAsync(TInput input, TextWriter notes, CancellationToken cancellationToken)
    {
        var same = await FindAsync(input, cancellationToken);
        if (same is not null)
            await notes.WriteLineAsync($"Continuing task {same.TaskId}, which was interrupted with {same.StepsDone} of {same.Steps} steps done.");
        if (_interrupted.Count(task => task != same) is > 0 and var others)
            await notes.WriteLineAsync($"Other unfinished tasks: {others}. They go on in the background; run their commands again to follow them.");

        return same is null
            ? await client.StartAsync(template, input, cancellationToken: cancellationToken)
            : client.Handle(same.TaskId);
    }

    private async Task<TaskSummary?> FindAsync(TInput input, CancellationToken cancellationToken)
    {
        foreach (var task in _interrupted)
        {
            var snapshot = await client.Handle(task.TaskId).GetAsync(cancellationToken);
            if (Equals(template.InputCodec.FromUtf8(snapshot.Context.Span), input))
                return task;
        }

        return null;
    }
}
