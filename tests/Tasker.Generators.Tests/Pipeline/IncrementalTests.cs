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

    [Fact]
    public void A_new_result_type_writes_the_templates_that_use_it()
    {
        var written = GeneratorHost.Written(Start().EditSource("public static StepFailure GiveUp() => StepResult.Failure(\"no\", retryable: false);", ""));

        Assert.DoesNotContain(written, file => file.StartsWith("Tasker.Templates.", StringComparison.Ordinal));
    }
}
