using System.Diagnostics;
using System.Text.Json;

namespace Tasker.Architecture.Tests;

public sealed class BuildSettingTests
{
    public static TheoryData<string> ShippedProjectsThatRun() =>
        [.. Repository.Projects()
            .Where(project => project.Area == "src" && project.Name != "Tasker" && !project.Name.StartsWith("Tasker.Generators", StringComparison.Ordinal))
            .Select(project => project.Path)];

    [Theory]
    [MemberData(nameof(ShippedProjectsThatRun))]
    public async Task What_runs_is_ahead_of_time_clean_and_strict(string project)
    {
        var settings = await Evaluate(project, "TargetFramework", "IsAotCompatible", "EnableTrimAnalyzer", "Nullable", "TreatWarningsAsErrors", "Deterministic");

        Assert.Equal(["net10.0", "true", "true", "enable", "true", "true"], settings);
    }

    /// <summary>Asks the build itself: a setting can come from any imported file.</summary>
    private static async Task<string?[]> Evaluate(string project, params string[] properties)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, "-nologo", .. properties.Select(name => "-getProperty:" + name)])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, output);
        using var json = JsonDocument.Parse(output);
        return [.. properties.Select(name => json.RootElement.GetProperty("Properties").GetProperty(name).GetString()?.ToLowerInvariant())];
    }
}
