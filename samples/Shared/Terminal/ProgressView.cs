using Spectre.Console;
using Tasker.Client;

namespace Tasker.Samples;

/// <summary>Shows a spinner and a bar of the steps that ended, for a person at a terminal.</summary>
internal sealed class ProgressView : ITaskView
{
    /// <summary>The view for standard output, or <see langword="null"/> when that is not a terminal.</summary>
    public static ProgressView? ForTerminal() => Console.IsOutputRedirected ? null : new ProgressView();

    public async Task<TaskSnapshot> FollowAsync(TaskHandle task, CancellationToken cancellationToken)
    {
        await AnsiConsole.Progress()
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("Starting");
                await foreach (var snapshot in task.WatchAsync(cancellationToken))
                {
                    bar.MaxValue = Math.Max(snapshot.Steps.Length, 1);
                    bar.Value = snapshot.Steps.Count(step => step.State.IsTerminal());
                    bar.Description = Markup.Escape(snapshot.Steps.FirstOrDefault(step => !step.State.IsTerminal())?.Name ?? snapshot.State.ToName());
                }
            });
        return await task.WaitAsync(cancellationToken);
    }
}
