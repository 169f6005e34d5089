namespace Tasker.Packaging.Tests;

/// <summary>The packages as their users get them.</summary>
public sealed class PackageTests(PackedFeed feed) : IClassFixture<PackedFeed>
{
    [Fact]
    public async Task A_fresh_project_with_only_the_package_builds_without_a_warning_and_runs()
    {
        var folder = feed.NewConsumer();

        var (built, buildOutput) = await feed.DotnetAsync(folder, "build", "-c", "Release");
        Assert.True(built == 0, buildOutput);
        Assert.Contains("0 Warning(s)", buildOutput, StringComparison.Ordinal);

        var (ran, runOutput) = await feed.DotnetAsync(folder, "run", "-c", "Release", "--no-build");
        Assert.True(ran == 0, runOutput);
        Assert.Equal("HELLO WORLD!", runOutput.Trim());
    }
}
