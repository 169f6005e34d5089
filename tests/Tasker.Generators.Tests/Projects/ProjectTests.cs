using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Tests.Projects;

/// <summary>
/// Whatever a project's names, signatures and settings are: when it compiles by itself, it compiles with what is generated for it, without a warning there, and its
/// handlers get and give what they would without a generator. The same few projects each time; a hunt through others is a long run: <c>CsCheck_Time=600</c> (seconds) or
/// <c>CsCheck_Iter=1000</c> in the environment.
/// </summary>
public sealed class ProjectTests(ITestOutputHelper output)
{
    private int _invalid;
    private int _ran;

    /// <summary>CsCheck prints the seed of a failure; the message of the assertion shows the project.</summary>
    [Fact]
    public async Task A_valid_project_stays_valid()
    {
        await SampleAsync(CheckValid);
        output.WriteLine($"{_invalid} of the projects did not compile by themselves; {_ran} handlers were run.");
    }

    [Fact]
    public Task A_mistake_is_reported_by_its_own_rule_and_breaks_nothing_else() => SampleAsync(CheckMistake);

    private async Task SampleAsync(Func<int, Task> check)
    {
        if (Environment.GetEnvironmentVariable("CsCheck_Time") is null && Environment.GetEnvironmentVariable("CsCheck_Iter") is null && Environment.GetEnvironmentVariable("CsCheck_Seed") is null)
        {
            foreach (var seed in (int[])[1, 2, 3, 4])
                await check(seed);
            return;
        }

        await Gen.Int.Uniform.SampleAsync(check, output.WriteLine, threads: 1);
    }

    private async Task CheckValid(int seed)
    {
        var random = new Random(seed);
        var project = new RandomProject(random);
        var own = CompiledProject.Create(project);
        if (!Compiles(own))
        {
            _invalid++;
            return;
        }

        var (compilation, problems) = await CompiledProject.GenerateAsync(project, own);
        if (problems.Count > 0)
            Assert.Fail(Explain(problems, project));
        try
        {
            using var running = new RunningProject(project, compilation);
            _ran += await running.RunAll(random);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{exception}\n\n{project}");
        }
    }

    private async Task CheckMistake(int seed)
    {
        var project = new RandomProject(new Random(seed));
        var mistake = PlantedMistake.All[new Random(seed).Next(PlantedMistake.All.Length)];
        if (!Compiles(CompiledProject.Create(project)))
            return;
        mistake.Plant(project);

        var problems = await CompiledProject.FindProblemsAsync(project, CompiledProject.Create(project));

        if (problems.Count == 0 || problems.Exists(problem => problem.Id != mistake.Rule))
            Assert.Fail($"Expected {mistake.Rule}.\n{Explain(problems, project)}");
    }

    private static bool Compiles(CSharpCompilation compilation) =>
        !compilation.GetDiagnostics(TestContext.Current.CancellationToken).Any(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error);

    private static string Explain(List<Diagnostic> problems, Project project)
    {
        var place = problems.Count == 0 ? Location.None : problems[0].Location;
        var line = place.SourceTree?.GetText(TestContext.Current.CancellationToken).Lines[place.GetLineSpan().StartLinePosition.Line].ToString();
        return $"{string.Join('\n', problems.Take(5))}\n{line}\n\n{project}";
    }
}
