using System.Diagnostics;
using System.Text;

namespace Tasker.Packaging.Tests;

/// <summary>Runs a command, bounded in time, and keeps what it prints.</summary>
internal static class Run
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(8);

    public static async Task<(int ExitCode, string Output)> DotnetAsync(string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What this test run was started with must not leak into the build it starts.
        foreach (var name in start.Environment.Keys.Where(IsBuildVariable).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Longest);
        var output = new StringBuilder();
        try
        {
            var streams = new[] { process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token) };
            foreach (var stream in streams)
                output.Append(await stream);
            await process.WaitForExitAsync(timeout.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, output.ToString());
    }

    private static bool IsBuildVariable(string name) =>
        name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || name.StartsWith("DOTNET_HOST", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase);
}
