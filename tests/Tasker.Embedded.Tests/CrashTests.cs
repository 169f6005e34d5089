using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Embedded.Tests.Support;

namespace Tasker.Embedded.Tests;

/// <summary>A process of its own that is killed, as <c>kill -9</c> does, while it works.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_killed_process_acknowledged_is_finished_by_the_next()
    {
        var started = new List<Guid>();
        foreach (var killAfter in new[] { 1, 37, 400 })
            started.AddRange(await StartAndKillAsync(killAfter));

        var flow = CrashFlow.Create();
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [flow]);
        foreach (var id in started)
        {
            var task = await host.Client.WaitAsync(id, EngineHost.Token);
            Assert.Equal(TaskState.Complete, task.State);
            Assert.Equal(["a", "route", "b", "c", "join"], task.Steps.Select(step => step.Name));
            Assert.All(task.Steps, step => Assert.InRange(step.Attempts, 1, 4));
            Assert.Equal("""{"ran":"join"}""", Flow.Text(task.FindStep("join")!.Result));
        }

        Assert.True(started.Count >= 438);
        Assert.Equal("ok", _folder.Query("PRAGMA integrity_check"));
    }

    private static string ChildPath()
    {
        const string Name = "Tasker.Embedded.CrashHost";
        var folder = AppContext.BaseDirectory.Replace("Tasker.Embedded.Tests", Name, StringComparison.Ordinal);
        return Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
    }

    private async Task<List<Guid>> StartAndKillAsync(int killAfter)
    {
        var start = new ProcessStartInfo(ChildPath(), [_folder.Database]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        var ids = new List<Guid>();
        try
        {
            while (await child.StandardOutput.ReadLineAsync(EngineHost.Token) is { } line)
            {
                // A line that the kill cut short was not acknowledged to anybody.
                if (line.StartsWith(CrashFlow.Acknowledged, StringComparison.Ordinal) && Guid.TryParse(line.AsSpan(CrashFlow.Acknowledged.Length), out var id))
                    ids.Add(id);
                if (ids.Count == killAfter && !child.HasExited)
                {
                    await SecondProcessIsRefusedAsync();
                    child.Kill();
                }
            }

            await child.WaitForExitAsync(EngineHost.Token);
        }
        finally
        {
            if (!child.HasExited)
                child.Kill();
        }

        Assert.True(ids.Count >= killAfter, $"The process ended with {child.ExitCode} after {ids.Count} tasks.");
        return ids;
    }

    private async Task SecondProcessIsRefusedAsync()
    {
        var second = EngineHost.Build(tasker => tasker.UseEmbedded(_folder.ConnectionString), [CrashFlow.Create()]);
        var refused = await Assert.ThrowsAsync<TaskStoreException>(second.StartAsync);
        Assert.Contains("is in use by another embedded engine", refused.Message, StringComparison.Ordinal);
    }
}
