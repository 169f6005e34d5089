using System.Diagnostics;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A worker in a process of its own.</summary>
internal sealed class KillableWorker : IDisposable
{
    private readonly Process _process;

    private KillableWorker(Process process) => _process = process;

    public static async Task<KillableWorker> StartAsync(string connectionString, CoreFlow flow, string name, string mode)
    {
        var program = typeof(KillableWorker).Assembly.Location.Replace("Tasker.Postgres.Tests", "Tasker.Postgres.CrashHost", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [program, connectionString, flow.Namespace, name, mode]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var worker = new KillableWorker(Process.Start(start)!);
        while (await worker._process.StandardOutput.ReadLineAsync() is { } line && line != "started")
        {
            // Whatever else it says.
        }

        Assert.False(worker._process.HasExited);
        return worker;
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
