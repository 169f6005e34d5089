using System.Diagnostics;

namespace Tasker.Benchmarks.Engine;

/// <summary>The other projects that belong to a measurement.</summary>
internal static class Repository
{
    /// <summary>Where a project is.</summary>
    public static string PathOf(string project)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tasker.sln")))
                return Path.Combine(folder.FullName, project);
        }

        throw new InvalidOperationException("The repository was not found above the benchmark's own folder.");
    }

    /// <summary>Runs the SDK and waits for its end.</summary>
    public static async Task RunSdkAsync(params IEnumerable<string> arguments)
    {
        using var sdk = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
        await sdk.WaitForExitAsync();
        if (sdk.ExitCode != 0)
            throw new InvalidOperationException($"'dotnet {string.Join(' ', arguments)}' ended with {sdk.ExitCode}.");
    }
}
