using System.ComponentModel;
using System.Diagnostics;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>Installs what a test needs, as a machine that is set up for tests lets it: as root, on Debian or Ubuntu.</summary>
internal static class DistributionPackage
{
    /// <summary>Installs a package. The service that it may bring is not started.</summary>
    /// <param name="name">The package's name.</param>
    /// <returns>Whether it is installed now.</returns>
    public static async Task<bool> TryInstallAsync(string name) =>
        Environment.IsPrivilegedProcess
        && await RunAsync("update", "-qq").ConfigureAwait(false)
        && await RunAsync("install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", name).ConfigureAwait(false);

    private static async Task<bool> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("apt-get", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        // In the level of a machine that is being mended, no service is started.
        start.Environment["RUNLEVEL"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync()).ConfigureAwait(false);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no apt-get here.
            return false;
        }
    }
}
