using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Pipeline;

/// <summary>What an edit writes again: what it changed, and nothing else.</summary>
public sealed class IncrementalTests
{
    private static GeneratorHost Start()
    {
        var host = new GeneratorHost(
            Samples.Handlers,
            ("approval.workflow.yaml", Samples.Approval),
            ("import.workflow.yaml", Samples.Inputs));
        host.RunTwice();
        return host;
    }

    [Fact]
    public void The_first_run_writes_everything()
    {
        var host = new GeneratorHost(Samples.Handlers, ("approval.workflow.yaml", Samples.Approval));
        var run = host.Run();

        Assert.Equal(
            run.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal),
            GeneratorHost.Written(run));
    }

    [Fact]
    public void An_edit_in_a_body_writes_nothing() =>
        Assert.Empty(GeneratorHost.Written(Start().EditSource("new(request.Amount)", "new(request.Amount + 1)")));

    [Fact]
    public void An_unrelated_file_writes_nothing() =>
        Assert.Empty(GeneratorHost.Written(Start().AddSource("class Unrelated { void M(int x) { } }")));

    [Fact]
    public void An_edit_of_one_handler_writes_its_adapter_only() =>
        Assert.Equal(
            ["Tasker.Handlers.Shop_Inventory_Analyze.g.cs"],
            GeneratorHost.Written(Start().EditSource("int batchSize = 200", "int batchSize = 300")));

    [Fact]
    public void An_edit_of_a_record_writes_its_serializer_only() =>
        Assert.StartsWith(
            "Tasker.Json.JsonApprovalRequest_",
            Assert.Single(GeneratorHost.Written(Start().EditSource("string Requester,", "string Requester, string Cause,"))),
            StringComparison.Ordinal);

    [Fact]
    public void An_edit_of_one_template_writes_its_class_only() =>
        Assert.Equal(
            ["Tasker.Templates.ApprovalRouting.g.cs"],
            GeneratorHost.Written(Start().EditTemplate(0, "timeout_seconds: 30", "timeout_seconds: 31")));

    [Fact]
    public void A_comment_in_a_template_writes_nothing() =>
        Assert.Empty(GeneratorHost.Written(Start().EditTemplate(0, "name: approval_routing", "# comment\nname: approval_routing")));

    [Theory]
    [InlineData("=> a;", "=> a + a;")]
    [InlineData("int b = 1", "int b = 2", "Tasker.Handlers.C_Two.g.cs")]
    [InlineData("int b = 1", "int? b = null", "Tasker.Handlers.C_Two.g.cs")]
    [InlineData("int b = 1", "int b", "Tasker.Handlers.C_Two.g.cs", "Tasker.Json.JsonFlowInputs_", "Tasker.Templates.Flow.g.cs")]
    [InlineData("[FromInput] string a", "[FromInput] string a, [FromInput] string c", "Tasker.Handlers.C_One.g.cs", "Tasker.Json.JsonFlowInputs_", "Tasker.Templates.Flow.g.cs")]
    [InlineData("[FromConfig] int c", "[FromInput] int c", "Tasker.Handlers.C_Other.g.cs", "Tasker.Json.JsonLaterInputs_", "Tasker.Templates.Later.g.cs")]
    public void An_edit_of_what_a_handler_reads_writes_the_templates_that_need_it(string old, string edited, params string[] expected)
    {
        var host = new GeneratorHost(
            """
            public static class C
            {
                [StepHandler("one")] public static string One([FromInput] string a) => a;
                [StepHandler("two")] public static void Two([FromInput] int b = 1) { }
                [StepHandler("other")] public static void Other([FromConfig] int c) { }
            }
            """,
            ("flow.workflow.yaml", "name: flow\nnamespace_name: n\nversion: 1.0.0\nsteps:\n  - { name: one, handler: { callable: one } }\n  - { name: two, handler: { callable: two } }\n"),
            ("later.workflow.yaml", "name: later\nnamespace_name: n\nversion: 1.0.0\nsteps:\n  - { name: other, handler: { callable: other } }\n"));
        host.RunTwice();

        var written = GeneratorHost.Written(host.EditSource(old, edited));

        Assert.Equal(expected, written.Select(file => file.StartsWith("Tasker.Json.", StringComparison.Ordinal) ? file[..(file.IndexOf('_', StringComparison.Ordinal) + 1)] : file).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_new_result_type_writes_the_templates_that_use_it()
    {
        var written = GeneratorHost.Written(Start().EditSource("public static StepFailure GiveUp() => StepResult.Failure(\"no\", retryable: false);", ""));

        Assert.DoesNotContain(written, file => file.StartsWith("Tasker.Templates.", StringComparison.Ordinal));
    }
}
