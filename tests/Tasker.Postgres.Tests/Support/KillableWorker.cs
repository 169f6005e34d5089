using System.Diagnostics;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A worker in a process of its own.</summary>
internal sealed class KillableWorker : IDisposable
{
    private readonly Process _process;

    private KillableWorker(Process process) => _process = process;

    /// <param name="connectionString">The database.</param>
    /// <param name="flow">The namespace is that of this flow.</param>
    /// <param name="name">The worker's name.</param>
    /// <param name="mode">Whether handlers <c>run</c>, <c>hang</c>, or wait at a <c>gate</c>, and <c>tell</c> of it afterwards.</param>
    /// <param name="queues">Where the queues are, when they are elsewhere: a RabbitMQ server, or another database.</param>
    public static async Task<KillableWorker> StartAsync(string connectionString, CoreFlow flow, string name, string mode, string? queues = null)
    {
        var assembly = typeof(KillableWorker).Assembly;
        var program = assembly.Location.Replace(assembly.GetName().Name!, "Tasker.Postgres.CrashHost", StringComparison.Ordinal);
        string[] arguments = [program, connectionString, flow.Namespace, name, mode, .. queues is null ? (string[])[] : [queues]];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // or a killed process leaves its sockets behind
        var worker = new KillableWorker(Process.Start(start)!);
        while (await worker._process.StandardOutput.ReadLineAsync() is { } line && line != "started")
        {
            // Whatever else it says.
        }

        Assert.False(worker._process.HasExited);
        return worker;
    }

    /// <summary>Opens the gate.</summary>
    public async Task ReleaseAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
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
