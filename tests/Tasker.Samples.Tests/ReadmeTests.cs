namespace Tasker.Samples.Tests;

/// <summary>What the README shows is what the repository compiles and runs.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = Read("README.md");

    [Theory]
    [InlineData("csharp", "samples/Greeting/Program.cs")]
    [InlineData("yaml", "samples/Greeting/greeting.workflow.yaml")]
    public void The_example_is_the_sample(string language, string file) => Assert.Equal(Read(file), Block(language));

    [Fact]
    public void The_example_fits_in_25_lines() => Assert.InRange(Block("csharp").TrimEnd().Split('\n').Length, 10, 25);

    [Fact]
    public async Task The_example_prints_what_the_readme_says()
    {
        var run = await ChildProcess.RunAsync("dotnet", TimeSpan.FromMinutes(2), Path.Combine(AppContext.BaseDirectory, "Greeting.dll"));

        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Lines, line => Readme.Contains($"prints `{line}`", StringComparison.Ordinal));
    }

    private static string Block(string language)
    {
        var start = Readme.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return Readme[start..Readme.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");
}
