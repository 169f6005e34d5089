namespace Tasker.Architecture.Tests;

public sealed class TextTests
{
    // Spelled in two halves, so that this file does not break the rules it tests.
    private const string TrimWarning = "IL" + "2026";
    private const string AotWarning = "IL" + "3050";

    [Fact]
    public void No_file_silences_a_trim_warning_or_names_a_machine()
    {
        var files = Repository.Files().Where(file => TextRules.IsText(file.Path)).ToList();

        Assert.True(files.Count > 50, $"Only {files.Count} text files were found below {Repository.Root}.");
        Assert.Empty(files.SelectMany(file => TextRules.Check(file.Path, File.ReadAllText(file.FullPath))));
    }

    [Theory]
    [InlineData("src/A.cs", "#pragma warning disable " + TrimWarning, "src/A.cs(1) silences a trim or AOT warning; mend its cause instead.")]
    [InlineData("src/A.cs", "[UnconditionalSuppressMessage(\"AOT\", \"" + AotWarning + "\")]", "src/A.cs(1) silences a trim or AOT warning; mend its cause instead.")]
    [InlineData("src/A.csproj", "<NoWarn>$(NoWarn);" + TrimWarning + "</NoWarn>", "src/A.csproj(1) silences a trim or AOT warning; mend its cause instead.")]
    [InlineData(".editorconfig", "dotnet_diagnostic." + AotWarning + ".severity = none", ".editorconfig(1) silences a trim or AOT warning; mend its cause instead.")]
    [InlineData("A.props", "<SuppressTrimAnalysis" + "Warnings>true</SuppressTrimAnalysis" + "Warnings>", "A.props(1) silences a trim or AOT warning; mend its cause instead.")]
    [InlineData("NuGet.config", "<add key=\"x\" value=\"https:" + "//packages.example\" />", "NuGet.config(1) names a package host; sources come from the machine.")]
    [InlineData("README.md", "see /ro" + "ot/notes.txt", "README.md(1) names a path of one machine.")]
    [InlineData("src/A.cs", "var x = @\"C:\\Us" + "ers\\me\";", "src/A.cs(1) names a path of one machine.")]
    [InlineData(".ci/run", "curl https:" + "//registry.example", ".ci/run(1) names a registry's address.")]
    public void A_forbidden_line_is_found(string path, string line, string expected) =>
        Assert.Equal([expected], TextRules.Check(path, line));

    [Theory]
    [InlineData("src/A.cs", "// " + TrimWarning + " would be reported here")]
    [InlineData("docs/a.md", "A test fails on NoWarn of " + TrimWarning + ".")]
    [InlineData("tests/A.cs", "Path.Combine(root, \"work/data\")")]
    [InlineData("image.png", "#pragma warning disable " + TrimWarning)]
    public void An_innocent_line_is_not(string path, string line) => Assert.Empty(TextRules.Check(path, line));

    [Fact]
    public void The_line_is_the_one_that_breaks_the_rule() =>
        Assert.Equal(
            ["src/A.cs(3) silences a trim or AOT warning; mend its cause instead."],
            TextRules.Check("src/A.cs", "one\r\ntwo\n#pragma warning disable " + TrimWarning + "\n"));
}
