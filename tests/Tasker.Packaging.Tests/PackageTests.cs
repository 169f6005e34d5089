using System.Text.RegularExpressions;

namespace Tasker.Packaging.Tests;

/// <summary>The packages as their users get them.</summary>
public sealed partial class PackageTests(PackedFeed feed) : IClassFixture<PackedFeed>
{
    [Fact]
    public async Task A_fresh_project_with_only_the_package_builds_without_a_warning_and_runs()
    {
        var folder = feed.Copy("Consumer");

        var (built, buildOutput) = await feed.DotnetAsync(folder, "build", "-c", "Release");
        Assert.True(built == 0, buildOutput);
        Assert.Contains("0 Warning(s)", buildOutput, StringComparison.Ordinal);

        var (ran, runOutput) = await feed.DotnetAsync(folder, "run", "-c", "Release", "--no-build");
        Assert.True(ran == 0, runOutput);
        Assert.Equal("HELLO WORLD! 2", runOutput.Trim());

        var yaml = await File.ReadAllTextAsync(Path.Combine(folder, "bin", "Release", "net10.0", "templates", "consumer.farewell.1.0.0.yaml"));
        Assert.Contains("dependencies: [wave]", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_starts_tasks_and_reads_results_with_the_types_of_handlers_in_a_library()
    {
        var library = feed.Copy("Library");

        var (exitCode, output) = await feed.DotnetAsync(feed.Copy("Host"), "run", $"-p:LibraryProject={Path.Combine(library, "Library.csproj")}");

        Assert.True(exitCode == 0, output);
        Assert.Equal("Hallo Ada in German: 9, HALLO ADA, Ada (German)", output.Trim());
    }

    [Fact]
    public async Task A_template_that_does_not_fit_the_handlers_of_a_library_is_told_so()
    {
        var library = feed.Copy("Library");
        var host = feed.Copy("Host");
        var template = Path.Combine(host, "welcome.workflow.yaml");
        var text = await File.ReadAllTextAsync(template);
        await File.WriteAllTextAsync(template, text.Replace("shout, dependencies: [greet]", "shout, type: batchable", StringComparison.Ordinal));

        var (exitCode, output) = await feed.DotnetAsync(host, "build", $"-p:LibraryProject={Path.Combine(library, "Library.csproj")}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("welcome.workflow.yaml(7,58): error TSKR1005: The parameter 'greet' of 'Reception.Shout'", output, StringComparison.Ordinal);
        Assert.Contains("welcome.workflow.yaml(7,13): error TSKR1016:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_follows_the_guide_has_a_program_that_runs()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(PackedFeed.RepositoryRoot(), "docs", "getting-started.md"));
        var code = Block().Matches(guide).Where(block => block.Groups["language"].Value is "csharp").Select(block => block.Groups["text"].Value).ToList();
        var folder = feed.Copy("Consumer");
        File.Move(Path.Combine(folder, "Consumer.csproj"), Path.Combine(folder, "Approvals.csproj"));
        foreach (var file in Directory.GetFiles(folder).Where(file => Path.GetExtension(file) is ".cs" or ".yaml"))
            File.Delete(file);
        await File.WriteAllTextAsync(Path.Combine(folder, "approval_routing.workflow.yaml"), Block().Match(guide[guide.IndexOf("```yaml", StringComparison.Ordinal)..]).Groups["text"].Value);
        await File.WriteAllTextAsync(Path.Combine(folder, "ApprovalSteps.cs"), code[0]);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), code[^1]);

        var (exitCode, output) = await feed.DotnetAsync(folder, "run", "-p:AnalysisLevel=latest", "-p:EnforceCodeStyleInBuild=false");

        Assert.True(exitCode == 0, output);
        var printed = Assert.Single(Regex.Matches(guide, "prints `(?<line>[^`]*)`")).Groups["line"].Value;
        Assert.Contains(printed, output.ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public async Task Every_mistake_is_reported_from_the_package()
    {
        var folder = feed.Copy("Mistakes");
        var expected = Directory.GetFiles(folder)
            .Where(file => Path.GetFileName(file) != ".globalconfig")
            .SelectMany(file => RuleId().Matches(File.ReadAllText(file)).Select(match => (match.Value, File: Path.GetFileName(file))))
            .Append(("TSKR2001", "unreadable.workflow.yaml"))
            .ToHashSet();

        var (exitCode, output) = await feed.DotnetAsync(folder, "build");

        Assert.NotEqual(0, exitCode);
        var reported = Reported().Matches(output)
            .Select(match => (match.Groups["id"].Value, Path.GetFileName(match.Groups["file"].Value)))
            .ToHashSet();
        Assert.Equal(expected.Order(), reported.Order());
    }

    [Fact]
    public async Task The_code_fixes_of_the_package_mend_a_project_from_the_command_line()
    {
        var folder = feed.Copy("Fixable");
        var (broken, mistakes) = await feed.DotnetAsync(folder, "build");
        Assert.NotEqual(0, broken);
        Assert.Equal(
            ["TSKR0010", "TSKR0011", "TSKR1004", "TSKR1005", "TSKR1009", "TSKR1015", "TSKR4002"],
            Reported().Matches(mistakes).Select(match => match.Groups["id"].Value).Distinct().Order());

        var (fixedCode, fixedOutput) = await feed.FixAsync(folder);
        Assert.True(fixedCode == 0, fixedOutput);

        var (built, output) = await feed.DotnetAsync(folder, "build");
        Assert.True(built == 0, output);
        Assert.Contains("dependencies: [look_up, note]", await File.ReadAllTextAsync(Path.Combine(folder, "fixable.workflow.yaml")), StringComparison.Ordinal);
        var steps = await File.ReadAllTextAsync(Path.Combine(folder, "Steps.cs"));
        Assert.Contains("""[FromStep("look_up")] Person person) => Decision.Route(person.Visits > 1 ? "greet" : "greet")""", steps, StringComparison.Ordinal);
        Assert.Contains("public static int Note(", steps, StringComparison.Ordinal);
        Assert.Contains("internal static partial class Audit", steps, StringComparison.Ordinal);
        Assert.Contains("await Task.Delay(10, cancellationToken)", steps, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LangVersion=11", "TSKR9002")]
    [InlineData("NETCoreSdkVersion=9.0.100", "TSKR9003")]
    public async Task A_language_or_a_compiler_that_is_too_old_is_named(string property, string rule)
    {
        var (exitCode, output) = await feed.DotnetAsync(feed.Copy("Consumer"), "build", $"-p:{property}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"error {rule}:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public async Task A_project_for_another_framework_is_told_which_one_it_needs(string framework)
    {
        var folder = feed.Copy("Consumer");
        var project = Path.Combine(folder, "Consumer.csproj");
        await File.WriteAllTextAsync(project, (await File.ReadAllTextAsync(project)).Replace("net10.0", framework, StringComparison.Ordinal));

        var (exitCode, output) = await feed.DotnetAsync(folder, "restore");

        Assert.NotEqual(0, exitCode);
        Assert.Matches($@"error NU1202: Package Tasker {PackedFeed.Version} is not compatible with {framework} .* supports: net10\.0", output);
    }

    [Fact]
    public async Task A_template_in_a_project_of_another_language_is_refused()
    {
        var folder = feed.Copy("Consumer");
        File.Move(Path.Combine(folder, "Consumer.csproj"), Path.Combine(folder, "Consumer.vbproj"));

        var (exitCode, output) = await feed.DotnetAsync(folder, "build");

        Assert.NotEqual(0, exitCode);
        Assert.Matches("greeting.workflow.yaml : error TSKR9004: .* this project is in VB", output);
    }

    [Fact]
    public void Every_rule_that_a_user_can_break_is_among_the_mistakes()
    {
        var pages = Directory.GetFiles(Path.Combine(PackedFeed.RepositoryRoot(), "docs", "rules"), "TSKR*.md").Select(Path.GetFileNameWithoutExtension);
        var mistakes = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Mistakes"))
            .SelectMany(file => RuleId().Matches(File.ReadAllText(file)).Select(match => match.Value))
            .Append("TSKR2001")
            .ToHashSet();

        Assert.Empty(pages.Where(id => !id!.StartsWith("TSKR9", StringComparison.Ordinal)).Except(mistakes));
    }

    [Theory]
    [InlineData("Tasker.Abstractions")]
    [InlineData("Tasker.Embedded")]
    [InlineData("Tasker.Runtime")]
    [InlineData("Tasker.Testing")]
    public void A_library_has_its_documentation_its_readme_and_its_symbols(string package)
    {
        Assert.Equal(
            [$"{package}.nuspec", "README.md", $"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml"],
            Content(feed.Entries(package), package));
        Assert.Contains($"lib/net10.0/{package}.pdb", feed.Entries(package, "snupkg"));
    }

    [Fact]
    public void The_compiler_part_is_one_slot_with_its_yaml_parser_and_brings_nothing_else() =>
        Assert.Equal(
            [
                "README.md", "Tasker.Generators.nuspec", "analyzers/dotnet/cs/Tasker.Generators.CodeFixes.dll",
                "analyzers/dotnet/cs/Tasker.Generators.dll", "analyzers/dotnet/cs/YamlDotNet.dll",
                "buildTransitive/Tasker.Generators.props", "buildTransitive/Tasker.Generators.targets",
            ],
            Content(feed.Entries("Tasker.Generators"), "Tasker.Generators").Order(StringComparer.Ordinal));

    [Fact]
    public void The_package_people_install_is_nothing_but_references()
    {
        Assert.Equal(["README.md", "Tasker.nuspec", "lib/net10.0/_._"], Content(feed.Entries("Tasker"), "Tasker").Order(StringComparer.Ordinal));
        var nuspec = feed.Text("Tasker", "Tasker.nuspec");
        Assert.Equal(
            ["Tasker.Embedded", "Tasker.Generators", "Tasker.Runtime"],
            Dependency().Matches(nuspec).Select(match => match.Groups["id"].Value).Order(StringComparer.Ordinal));
        Assert.Matches("""id="Tasker.Generators" version="[^"]+" include="All""", nuspec);
    }

    [Theory]
    [InlineData("Tasker")]
    [InlineData("Tasker.Abstractions")]
    [InlineData("Tasker.Embedded")]
    [InlineData("Tasker.Generators")]
    [InlineData("Tasker.Runtime")]
    [InlineData("Tasker.Testing")]
    public void A_package_says_what_it_is_and_under_which_license(string package)
    {
        var nuspec = feed.Text(package, $"{package}.nuspec");

        Assert.Contains("<license type=\"expression\">MIT</license>", nuspec, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", nuspec, StringComparison.Ordinal);
        Assert.Matches("<description>.{20,}</description>", nuspec);
    }

    /// <summary>Without what the package format adds by itself.</summary>
    private static IEnumerable<string> Content(IEnumerable<string> entries, string package) =>
        entries
            .Where(entry => !entry.StartsWith("_rels/", StringComparison.Ordinal) && !entry.StartsWith("package/", StringComparison.Ordinal) && entry != "[Content_Types].xml")
            .OrderBy(entry => entry != $"{package}.nuspec")
            .ThenBy(entry => entry, StringComparer.Ordinal);

    [GeneratedRegex("```(?<language>[a-z]+)\\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("TSKR[0-9]{4}")]
    private static partial Regex RuleId();

    [GeneratedRegex(@"(?m)^\s*(?<file>[^(\r\n]+)\([0-9,]+\): (?:error|warning) (?<id>TSKR[0-9]{4}):")]
    private static partial Regex Reported();

    [GeneratedRegex("<dependency id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Dependency();
}
