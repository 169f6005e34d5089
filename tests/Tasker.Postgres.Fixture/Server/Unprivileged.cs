using System.Diagnostics;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>PostgreSQL refuses to run as root, and no server should; a test run as root lends its servers the user that owns nothing.</summary>
internal static class Unprivileged
{
    private const string UserId = "65534";

    /// <summary>Gives a folder to that user, when this process is root's.</summary>
    public static async Task OwnAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess)
            await RunAsync(["chown", "-R", $"{UserId}:{UserId}", folder]).ConfigureAwait(false);
    }

    /// <summary>The command that runs another as that user; the command itself when this process is not root's.</summary>
    public static string[] Wrap(string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid", UserId, "--regid", UserId, "--clear-groups", .. command]
        : command;

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    public static async Task RunAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', command)}' failed: {string.Concat(output)}");
    }
}
