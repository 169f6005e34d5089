using System.Diagnostics;

namespace Tasker.Benchmarks.Compiler;

/// <summary>A compiler server of its own, which the first build that names it starts. Disposing it ends it.</summary>
internal sealed class CompilerServer : IDisposable
{
    private readonly string _pipe = "tasker-bench-" + Guid.NewGuid().ToString("N");

    /// <summary>Makes a build use the server.</summary>
    public string Option => "/shared:" + _pipe;

    public void Dispose()
    {
        using var stop = Process.Start(new ProcessStartInfo(Toolchain.Host, ["exec", Toolchain.CompilerServer, "-pipename:" + _pipe, "-shutdown"]))
            ?? throw new InvalidOperationException($"{Toolchain.Host} does not start.");
        stop.WaitForExit();
    }
}
