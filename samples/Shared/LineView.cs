using Tasker.Client;

namespace Tasker.Samples;

/// <summary>Shows one line for each step that ends, for files and pipes.</summary>
internal sealed class LineView(TextWriter output) : ITaskView
{
    public async Task<TaskSnapshot> FollowAsync(TaskHandle task, CancellationToken cancellationToken)
    {
        var shown = new HashSet<string>();
        await foreach (var snapshot in task.WatchAsync(cancellationToken))
        {
            foreach (var step in snapshot.Steps)
            {
                if ((step.State.IsTerminal() || step.State is StepState.Error) && shown.Add(step.Name))
                    await output.WriteLineAsync($"{step.Name}: {step.State.ToName()}");
            }
        }

        return await task.WaitAsync(cancellationToken);
    }
}
