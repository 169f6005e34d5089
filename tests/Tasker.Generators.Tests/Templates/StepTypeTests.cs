using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Tests.Templates;

/// <summary>What each type of step needs around it.</summary>
public sealed class StepTypeTests
{
    private const string Head = "name: a\nnamespace_name: n\nversion: 1.0.0\nsteps:\n";
    private const string Plan = "  - { name: plan, type: batchable, handler: { callable: plan } }\n";
    private const string Work = "  - name: work\n    type: batch_worker\n    dependencies: [plan]\n    handler: { callable: work }\n";
    private const string Config = "    batch_config: { batch_size: 1, parallelism: 1, cursor_field: row, worker_template: work, failure_strategy: isolate }\n";

    [Fact]
    public void Steps_with_all_they_need_have_no_issue() => Assert.Empty(Parse(
        Head + Plan + Work + Config + """
          - { name: sum, type: deferred_convergence, dependencies: [work], handler: { callable: sum } }
          - { name: routing, type: decision, dependencies: [plan], handler: { callable: routing }, retry: { retryable: false, max_attempts: 1 } }
          - { name: left, dependencies: [routing], handler: { callable: left }, retry: { max_attempts: 3 } }
          - { name: join, type: deferred_convergence, dependencies: [left], handler: { callable: join } }
        """).Issues);

    [Theory]
    [InlineData(RuleIds.NothingToConverge, Plan + "  - { name: end, type: deferred_convergence, dependencies: [plan], handler: { callable: end } }", 6, 13)]
    [InlineData(RuleIds.NothingToConverge, "  - { name: end, type: deferred_convergence, handler: { callable: end } }", 5, 13)]
    [InlineData(RuleIds.WorkerWithoutBatchConfig, Plan + Work, 6, 11)]
    [InlineData(RuleIds.AggregatorNotDeferred, Plan + Work + Config + "  - { name: sum, dependencies: [work], handler: { callable: sum } }", 11, 13)]
    [InlineData(RuleIds.DecisionWithoutDependency, "  - { name: routing, type: decision, handler: { callable: routing } }", 5, 13)]
    [InlineData(RuleIds.ContradictoryRetry, "  - { name: once, handler: { callable: once }, retry: { retryable: false, max_attempts: 3 } }", 5, 13)]
    public void What_a_type_lacks_is_reported_at_the_step_s_name(string rule, string steps, int line, int column)
    {
        var issue = Assert.Single(Parse(Head + steps).Issues);

        Assert.Equal(rule, issue.RuleId);
        Assert.Equal((line, column), (issue.Range.StartLine + 1, issue.Range.StartColumn + 1));
    }

    [Theory]
    [InlineData("timeout_seconds: 0", "an integer from 1 to 2147483647")]
    [InlineData("timeout_seconds: -5", "an integer from 1 to 2147483647")]
    [InlineData("retry: { max_attempts: 0 }", "an integer from 1 to 2147483647")]
    [InlineData("retry: { backoff_base_ms: -1 }", "an integer from 0 to 2147483647")]
    [InlineData("retry: { max_backoff_ms: 1.5 }", "an integer from 0 to 2147483647")]
    [InlineData("batch_config: { batch_size: 0, parallelism: 1, cursor_field: r, worker_template: w, failure_strategy: isolate }", "an integer from 1 to 2147483647")]
    [InlineData("batch_config: { batch_size: 1, parallelism: 0, cursor_field: r, worker_template: w, failure_strategy: isolate }", "an integer from 1 to 2147483647")]
    public void A_number_out_of_its_region_is_refused(string setting, string expected)
    {
        var issue = Assert.Single(Parse(Head + "  - name: a\n    handler: { callable: a }\n    " + setting).Issues);

        Assert.Equal(RuleIds.WrongValue, issue.RuleId);
        Assert.Contains(expected, issue.Arguments);
    }

    private static ParsedTemplate Parse(string yaml) => TemplateParser.Parse("a.workflow.yaml", SourceText.From(yaml), CancellationToken.None);
}
