using System.Diagnostics;

namespace Tasker.Samples.Tests;

/// <summary>Runs a program to its end, within bounds.</summary>
internal static class ChildProcess
{
    public static Task<SampleRun> RunAsync(string program, TimeSpan limit, params string[] args) =>
        RunAsync(program, limit, static (process, stop) => process.StandardOutput.ReadToEndAsync(stop), args);

    /// <summary>Ends the program as <c>kill -9</c> does when it has written that line.</summary>
    public static Task<SampleRun> KillAsync(string program, TimeSpan limit, string at, params string[] args) =>
        RunAsync(
            program,
            limit,
            async (process, stop) =>
            {
                while (await process.StandardOutput.ReadLineAsync(stop) is { } line && line != at)
                {
                }

                process.Kill();
                return await process.StandardOutput.ReadToEndAsync(stop);
            },
            args);

    private static async Task<SampleRun> RunAsync(
        string program, TimeSpan limit, Func<Process, CancellationToken, Task<string>> readOutput, string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A build started here must not talk to, or leave behind, the servers of the build that started the tests.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(limit);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var output = readOutput(process, timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return new SampleRun(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
