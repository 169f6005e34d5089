using System.Reflection;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Diagnostics;

public sealed class RuleTests
{
    public static TheoryData<string> Ids() => [.. Rules.All.Select(rule => rule.Id)];

    [Fact]
    public void Every_id_has_one_rule() =>
        Assert.Equal(
            typeof(RuleIds).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!),
            Rules.All.Select(rule => rule.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_rule_has_a_page_with_cause_and_both_examples(string id)
    {
        var rule = Rules.Get(id);
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules", id + ".md"));

        Assert.EndsWith($"/docs/rules/{id}.md", rule.HelpLinkUri, StringComparison.Ordinal);
        Assert.StartsWith($"# {id}: {rule.Title.ToString(System.Globalization.CultureInfo.InvariantCulture)}\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Cause\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Example\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Fix\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_s_band_is_its_category(string id)
    {
        var category = id["TSKR".Length] switch
        {
            '0' => "Tasker.Handler",
            '1' => "Tasker.Graph",
            '2' => "Tasker.Template",
            '3' => "Tasker.Json",
            '4' => "Tasker.Safety",
            _ => "Tasker.Internal",
        };

        Assert.Equal(category, Rules.Get(id).Category);
    }

    [Fact]
    public void Only_what_may_be_meant_is_less_than_an_error() =>
        Assert.Equal(
            [
                RuleIds.UnusedHandler, RuleIds.MissingHandlersHere, RuleIds.ApiHandlerWithoutClient, RuleIds.OptionalBranch, RuleIds.UnknownKey,
                RuleIds.ContradictoryRetry, RuleIds.BlockingCall, RuleIds.IgnoredCancellation,
            ],
            Rules.All.Where(rule => rule.DefaultSeverity != DiagnosticSeverity.Error).Select(rule => rule.Id));

    [Fact]
    public void Every_rule_is_listed_in_the_release_notes_as_it_is()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "src", "Tasker.Generators", "AnalyzerReleases.Unshipped.md"))
            .Where(line => line.StartsWith("TSKR", StringComparison.Ordinal));

        Assert.Equal(Rules.All.Select(rule => $"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}"), rows);
    }
}
