using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Emission;
using Tasker.Generators.Graph;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;
using Tasker.Generators.Tests.Infrastructure;
using Tasker.Templates;

namespace Tasker.Generators.Tests.TemplateClasses;

/// <summary>A class with <c>[TaskTemplate]</c> becomes the same template as a file would, in the class itself.</summary>
public sealed class TemplateClassTests
{
    [Fact]
    public void A_class_is_completed()
    {
        var host = new GeneratorHost(Samples.ApprovalClass);
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Golden.Match("TemplateClass", GeneratorHost.Source(run, "Tasker.TemplateClasses.Acme.Approvals.Workflows.ApprovalSteps.g.cs"));
    }

    [Fact]
    public async Task What_is_generated_runs_and_is_registered()
    {
        using var assembly = new GeneratedAssembly(Samples.ApprovalClass, []);
        var template = assembly.Template;

        Assert.Equal("approvals/approval_routing/1.0.0", template.ToString());
        Assert.Equal("TaskTemplate`1", template.GetType().Name);
        Assert.Equal(
            [
                "validate_request Standard ", "routing_decision Decision validate_request", "auto_approve Standard routing_decision",
                "manager_approval Standard validate_request,routing_decision", "finalize DeferredConvergence auto_approve,manager_approval",
                "plan Batchable validate_request", "import_rows BatchWorker plan", "sum DeferredConvergence import_rows",
            ],
            template.Steps.Select(step => $"{step.Name} {step.Type} {string.Join(',', step.Dependencies)}"));
        Assert.Equal(new RetryPolicy { MaxAttempts = 5, Backoff = BackoffStrategy.Linear }, template.Steps[0].Retry);
        Assert.Equal(TimeSpan.FromSeconds(30), template.Steps[0].Timeout);
        Assert.Equal(
            new BatchConfiguration { BatchSize = 5, Parallelism = 5, CursorField = "row_number", WorkerTemplate = "import_rows", FailureStrategy = BatchFailureStrategy.Isolate },
            template.FindStep("import_rows")!.Batch);
        Assert.Equal("approve_by_hand", template.FindStep("manager_approval")!.Callable);
        Assert.Contains(
            "\"auto_approve\"",
            await assembly.Run("routing_decision", results: [GeneratedAssembly.Result("validate_request", """{"amount":3}""")]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[StepHandler(\"b\", DependsOn = [\"a\", \"a\"])] public static void B([FromStep] int a) { }", "b Standard a")]
    [InlineData("[StepHandler(\"b\", DependsOn = new[] { nameof(a) })] public static void B() { } static int a;", "b Standard a")]
    [InlineData("[StepHandler(\"b\", DependsOn = [Missing.Name])] public static void B() { }", "b Standard ")]
    [InlineData("[StepHandler(\"b\")] public static void B([FromStep] int? a) { }", "b Standard a")]
    [InlineData("[StepHandler(\"b\")] public static void B(ref int x, [FromStep] int a) { }", "b Standard a")]
    [InlineData("[Decision(\"d\", DependsOn = [\"a\"])] public static Decision D() => null!; [StepHandler(\"l\", DependsOn = [\"d\"])] public static void L() { } [StepHandler(\"c\", DependsOn = [\"l\"], Converges = true)] public static void C() { }", "d Decision a", "l Standard d", "c DeferredConvergence l")]
    public void Steps_wait_for_what_they_read_and_name(string members, params string[] expected)
    {
        var host = new GeneratorHost(Class(members));
        var template = Assert.Single(HandlerSets.Of(host.Compilation, CancellationToken.None).Own.Templates).Template;

        Assert.Equal(["a Standard ", .. expected], template.Steps.AsSpan().ToArray().Select(step => $"{step.Name} {step.Type} {string.Join(',', step.Dependencies)}"));
    }

    [Fact]
    public void Two_classes_whose_file_names_differ_in_case_only_do_not_collide()
    {
        var host = new GeneratorHost("""
            [TaskTemplate("a", Namespace = "n", Version = "1")] public partial class Steps1 { [StepHandler("a")] public static void A() { } }
            [TaskTemplate("A", Namespace = "n", Version = "1")] public partial class STEPS1 { [StepHandler("b")] public static void B() { } }
            """)
        {
            EmitsTemplates = true,
        };

        Assert.Empty(host.Run().Diagnostics);
        Assert.Empty(host.Problems());
    }

    [Fact]
    public void An_edit_of_a_class_writes_its_template_only()
    {
        var host = new GeneratorHost(Samples.ApprovalClass, ("import.workflow.yaml", Samples.Inputs));
        host.RunTwice();

        Assert.Empty(GeneratorHost.Written(host.EditSource("new(request.Amount)", "new(request.Amount + 1)")));
        Assert.Equal(
            ["Tasker.TemplateClasses.Acme.Approvals.Workflows.ApprovalSteps.g.cs"],
            GeneratorHost.Written(host.EditSource("TimeoutSeconds = 30", "TimeoutSeconds = 31")));
        Assert.Equal(["Tasker.Templates.Import.g.cs"], GeneratorHost.Written(host.EditTemplate(0, "callable: a", "callable: z")));
    }

    [Fact]
    public void The_yaml_is_emitted_on_request_and_is_csharp_as_well()
    {
        var host = new GeneratorHost(Samples.ApprovalClass) { EmitsTemplates = true };
        var run = host.RunTwice();
        var yaml = GeneratorHost.Source(run, "approvals.approval_routing.1.0.0.yaml.cs");

        Assert.Empty(host.Problems());
        Golden.Match("Yaml", yaml);
        Assert.Equal(Assert.Single(HandlerSets.Of(host.Compilation, CancellationToken.None).Own.Templates).Template, Parse(yaml));
        Assert.DoesNotContain(new GeneratorHost(Samples.ApprovalClass).Run().GeneratedSources, source => source.HintName.EndsWith(".yaml.cs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_with_everything_survives_being_written_as_yaml()
    {
        var template = Parse(Samples.Approval);

        Assert.Equal(template, Parse(YamlEmitter.Emit(template).ToString()));
    }

    internal static string Class(string members) =>
        "[TaskTemplate(\"t\", Namespace = \"n\", Version = \"1.0.0\")] public partial class C { [StepHandler(\"a\")] public static int A() => 1; " + members + " }";

    internal static TemplateModel Parse(string yaml)
    {
        var parsed = TemplateParser.Parse("t.yaml", SourceText.From(yaml), CancellationToken.None);
        Assert.Empty(parsed.Issues);
        return parsed.Model!;
    }
}
