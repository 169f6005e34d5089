using System.IO.Compression;

namespace Tasker.Packaging.Tests;

/// <summary>All packages, packed once into a folder of their own and restored from there with an empty cache.</summary>
public sealed class PackedFeed : IAsyncLifetime
{
    public const string Version = "0.0.1-packtest";

    public static readonly string[] Packages = ["Tasker", "Tasker.Abstractions", "Tasker.Embedded", "Tasker.Generators", "Tasker.Runtime", "Tasker.Testing"];

    private readonly string _root = Directory.CreateTempSubdirectory("tasker-pack-").FullName;

    private string Feed => Path.Combine(_root, "feed");

    public async ValueTask InitializeAsync()
    {
        foreach (var package in Packages)
        {
            // A folder of its own for intermediate files: other test projects build the same sources at the same time.
            var (exitCode, output) = await Run.DotnetAsync(
                RepositoryRoot(),
                new Dictionary<string, string?>(),
                "pack", Path.Combine("src", package), "-c", "Release", "-o", Feed, $"-p:Version={Version}", $"-p:IsolatedBuildRoot={_root}/", "-nodeReuse:false", "-v:m");
            Assert.True(exitCode == 0, output);
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    public IReadOnlyList<string> Entries(string package, string extension = "nupkg")
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.{extension}"));
        return [.. archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal)];
    }

    public string Text(string package, string entry)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.nupkg"));
        using var reader = new StreamReader(archive.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>Copies a project of this test's output into a fresh folder that restores from the packed packages and the machine's own source.</summary>
    public string Copy(string project)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, project)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file).Replace(".txt", "", StringComparison.Ordinal)));
        File.WriteAllText(
            Path.Combine(folder, "NuGet.config"),
            $"""<configuration><packageSources><add key="packed" value="{Feed}" /></packageSources></configuration>""");
        return folder;
    }

    public Task<(int ExitCode, string Output)> DotnetAsync(string folder, string command, params string[] arguments) => Run.DotnetAsync(
        folder,
        new Dictionary<string, string?> { ["NUGET_PACKAGES"] = Path.Combine(_root, "cache") },
        [command, .. arguments, $"-p:TaskerVersion={Version}", "-nodeReuse:false"]);

    /// <summary>Applies the code fixes to all that is said about a restored project.</summary>
    public Task<(int ExitCode, string Output)> FixAsync(string folder) => Run.DotnetAsync(
        folder,
        new Dictionary<string, string?> { ["NUGET_PACKAGES"] = Path.Combine(_root, "cache"), ["TaskerVersion"] = Version, ["MSBUILDDISABLENODEREUSE"] = "1" },
        "format", "analyzers", "--no-restore", "--severity", "warn");

    public static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tasker.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
