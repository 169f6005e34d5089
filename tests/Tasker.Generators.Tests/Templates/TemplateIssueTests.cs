using CsCheck;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Templates;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Templates;

/// <summary>What is wrong in a template file is reported at its line and column, with the remedy; and nothing else is reported.</summary>
public sealed class TemplateIssueTests
{
    private const string Head = "name: a\nnamespace_name: n\nversion: 1.0.0\n";

    [Fact]
    public void A_valid_template_has_no_issue() => Assert.Empty(Parse(Samples.Approval).Issues);

    [Theory]
    [InlineData("", RuleIds.UnreadableYaml, 1, 1, "The file is empty.")]
    [InlineData("- a", RuleIds.UnreadableYaml, 1, 1, "The file must be a mapping, not a list.")]
    [InlineData("name: a\n\tb: c", RuleIds.UnreadableYaml, 1, 7, null)]
    [InlineData("name: a\nsteps:\n\t- name: a\n", RuleIds.UnreadableYaml, 3, 1, "While scanning a mapping, found invalid tab as indentation.")]
    [InlineData("name: [a\nb: {", RuleIds.UnreadableYaml, 1, 7, "The '[' here is never closed.")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: a\n  - name: b\n", RuleIds.UnreadableYaml, 6, 14, "The '{' here is never closed.")]
    [InlineData(Head + "description: gr\uFFFD\uFFFDe\n", RuleIds.UnreadableYaml, 4, 16, "The file is not UTF-8, or not whole: what stands here cannot be read. Save it as UTF-8.")]
    [InlineData(Head + "description: !secret a", RuleIds.UnreadableYaml, 4, 14, "The tag '!secret' has no meaning in a template; remove it.")]
    [InlineData(Head + "steps: !!set { a }", RuleIds.UnreadableYaml, 4, 8, "The tag '!!set' has no meaning in a template; remove it.")]
    [InlineData(Head + "<<: { description: a }", RuleIds.UnknownKey, 4, 1, "The key '<<' is not known in the template and has no effect. YAML 1.2 has no merge keys: repeat what is to be merged.")]
    [InlineData(Head + "lifecycle: { max_duration_minutes: \"5\" }", RuleIds.WrongValue, 4, 36, "'max_duration_minutes' in the lifecycle must be an integer from 1 to 2147483647, not the text '5'")]
    [InlineData(Head + "lifecycle: { max_duration_minutes: 030 }", RuleIds.WrongValue, 4, 36, "'max_duration_minutes' in the lifecycle must be an integer from 1 to 2147483647, not '030'")]
    [InlineData(Head + "lifecycle: { auto_fail_on_timeout: 'true' }", RuleIds.WrongValue, 4, 36, "'auto_fail_on_timeout' in the lifecycle must be true or false, not the text 'true'")]
    [InlineData("name: *x", RuleIds.UnreadableYaml, 1, 7, "The alias '*x' refers to no complete node before it.")]
    [InlineData("a: &x\n  b: *x", RuleIds.UnreadableYaml, 2, 6, "The alias '*x' refers to no complete node before it.")]
    [InlineData("? [a]\n: b", RuleIds.UnreadableYaml, 1, 3, "A key must be text, not a list.")]
    [InlineData("a: b\n---\nc: d", RuleIds.UnreadableYaml, 2, 1, "A file holds one template; a second document begins here.")]
    [InlineData("namespace_name: n\nversion: 1.0.0", RuleIds.MissingKey, 1, 1, "The template has no 'name'; add it")]
    [InlineData(Head + "steps:\n  - name: a\n", RuleIds.MissingKey, 5, 5, "Step 'a' has no 'handler'; add it")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: {}\n", RuleIds.MissingKey, 6, 14, "The handler of step 'a' has no 'callable'; add it")]
    [InlineData(Head + "stps: []", RuleIds.UnknownKey, 4, 1, "The key 'stps' is not known in the template and has no effect. Did you mean 'steps'?")]
    [InlineData(Head + "namespace: n", RuleIds.UnknownKey, 4, 1, "The key 'namespace' is not known in the template and has no effect. Did you mean 'namespace_name'?")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: c }\n    retry: { initial_delay: 2 }\n", RuleIds.UnknownKey, 7, 14, "The key 'initial_delay' is not known in the retry of step 'a' and has no effect. Did you mean 'backoff_base_ms', in milliseconds?")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: c }\n    retry: { max_delay: 60 }\n", RuleIds.UnknownKey, 7, 14, "The key 'max_delay' is not known in the retry of step 'a' and has no effect. Did you mean 'max_backoff_ms', in milliseconds?")]
    [InlineData(Head + "max_delay: 60", RuleIds.UnknownKey, 4, 1, "The key 'max_delay' is not known in the template and has no effect.")]
    [InlineData(Head + "zzzzzzzzz: n", RuleIds.UnknownKey, 4, 1, "The key 'zzzzzzzzz' is not known in the template and has no effect.")]
    [InlineData(Head + "steps: 5", RuleIds.WrongValue, 4, 8, "'steps' in the template must be a list, not '5'")]
    [InlineData(Head + "description: 5", RuleIds.WrongValue, 4, 14, "'description' in the template must be text, not '5'")]
    [InlineData("name: a\nnamespace_name: n\nversion: 12345678901234567", RuleIds.WrongValue, 3, 10, "'version' in the template must be text, not '12345678901234567'")]
    [InlineData("name: a\nnamespace_name: n\nversion: v1234567890123456", RuleIds.WrongValue, 3, 10, "'version' in the template must be at most 16 characters, not 17")]
    [InlineData("name: ''\nnamespace_name: n\nversion: 1.0.0", RuleIds.WrongValue, 1, 7, "'name' in the template must be text that is not empty, not empty")]
    [InlineData(Head + "lifecycle: { max_duration_minutes: 99999999999999999999 }", RuleIds.WrongValue, 4, 36, "'max_duration_minutes' in the lifecycle must be an integer from 1 to 2147483647, not '99999999999999999999'")]
    [InlineData(Head + "lifecycle: { auto_fail_on_timeout: yes }", RuleIds.WrongValue, 4, 36, "'auto_fail_on_timeout' in the lifecycle must be true or false, not 'yes'")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: c }\n    type: standart\n", RuleIds.WrongValue, 7, 11, "'type' in step 'a' must be one of standard, decision, deferred_convergence, batchable, batch_worker, not 'standart' (did you mean 'standard'?)")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: c, initialization: { x: .nan } }\n", RuleIds.WrongValue, 6, 50, "'initialization' in the handler of step 'a' must be a value that JSON can hold, not '.nan'")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: c }\n    dependencies: []\n    depends_on: []\n", RuleIds.WrongValue, 8, 17, "'depends_on' in step 'a' must be left out because it means the same as 'dependencies', not given beside it")]
    [InlineData(Head + "metadata: { created_at: 2026-01-31 }", RuleIds.WrongValue, 4, 25, "'created_at' in the metadata must be a time with a zone such as 2026-01-31T12:00:00Z, not '2026-01-31'")]
    [InlineData(Head + "metadata: { updated_at: '2026-01-31T12:00:00' }", RuleIds.WrongValue, 4, 25, "'updated_at' in the metadata must be a time with a zone such as 2026-01-31T12:00:00Z, not '2026-01-31T12:00:00'")]
    [InlineData(Head + "metadata: { updated_at: '2026-13-31T12:00:00Z' }", RuleIds.WrongValue, 4, 25, "'updated_at' in the metadata must be a time with a zone such as 2026-01-31T12:00:00Z, not '2026-13-31T12:00:00Z'")]
    [InlineData(Head + "name: b", RuleIds.DuplicateKey, 4, 1, "The key 'name' is already in this mapping; remove one of the two")]
    [InlineData(Head + "steps:\n  - name: a\n    handler: { callable: c }\n  - name: a\n    handler: { callable: c }\n", RuleIds.DuplicateStep, 7, 11, "The step 'a' is already defined in line 5; give one of the two another name")]
    [InlineData(Head + "steps:\n  - name: load\n    handler: { callable: c }\n    dependencies: [laod]\n", RuleIds.UnknownStep, 7, 20, "Step 'load' depends on 'laod', which is no step of the template. Did you mean 'load'? Add a step with this name or remove the reference.")]
    [InlineData(Head + "environments: { test: { steps: [{ name: x }] } }", RuleIds.UnknownStep, 4, 41, "Environment 'test' overrides 'x', which is no step of the template. Add a step with this name or remove the reference.")]
    public void What_is_wrong_is_reported_in_its_place(string yaml, string rule, int line, int column, string? message)
    {
        var issue = Assert.Single(Parse(yaml).Issues, issue => issue.RuleId == rule);

        Assert.Equal((line, column), (issue.Range.StartLine + 1, issue.Range.StartColumn + 1));
        if (message is not null)
            Assert.Equal(message.StartsWith('\'') || rule != RuleIds.UnreadableYaml ? message : $"The template cannot be read: {message}", Message(issue));
    }

    [Theory]
    [InlineData("1000", "1000")]
    [InlineData("0", "0")]
    [InlineData("-0.50", "-0.50")]
    [InlineData("00.5", "0.5")]
    [InlineData("01234", "\"01234\"")]
    [InlineData("-007", "\"-007\"")]
    [InlineData("0b11", "3")]
    [InlineData("+0b11", "3")]
    [InlineData("-0b11", "-3")]
    [InlineData("0x1F", "31")]
    [InlineData("+0x1f", "31")]
    [InlineData("-0x10", "-16")]
    [InlineData("-0o17", "-15")]
    [InlineData("-0x0", "0")]
    [InlineData("0xFFFFFFFFFFFFFFFF", "18446744073709551615")]
    [InlineData("-0x8000000000000000", "-9223372036854775808")]
    [InlineData("0b", "\"0b\"")]
    [InlineData("0b12", "\"0b12\"")]
    [InlineData("0B11", "\"0B11\"")]
    [InlineData("0x-1", "\"0x-1\"")]
    [InlineData("+-0x1", "\"+-0x1\"")]
    [InlineData("'0b11'", "\"0b11\"")]
    [InlineData("'5'", "\"5\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("!!int '5'", "5")]
    [InlineData("!!float 1.5", "1.5")]
    [InlineData("!!bool 'true'", "true")]
    [InlineData("!!null ''", "null")]
    [InlineData("!!seq [!!map { a: 1 }]", """[{"a":1}]""")]
    public void A_value_is_what_tasker_core_reads(string yaml, string json)
    {
        var parsed = Parse(Head + $"steps:\n  - name: a\n    handler: {{ callable: c, initialization: {{ x: {yaml} }} }}\n");

        Assert.Empty(parsed.Issues);
        Assert.Equal($$"""{"x":{{json}}}""", Assert.Single(parsed.Model!.Steps).Configuration);
    }

    [Fact]
    public void A_cycle_is_printed()
    {
        var issue = Assert.Single(Parse(Head + """
            steps:
              - name: a
                handler: { callable: c }
                dependencies: [c]
              - name: b
                handler: { callable: c }
                dependencies: [a]
              - name: c
                handler: { callable: c }
                dependencies: [b]
            """).Issues);

        Assert.Equal(RuleIds.DependencyCycle, issue.RuleId);
        Assert.Equal("The steps 'a' → 'c' → 'b' → 'a' wait for each other, so none of them can ever run; remove one of these dependencies", Message(issue));
        Assert.Equal(10, issue.Range.StartLine + 1);
    }

    [Fact]
    public void A_diamond_is_no_cycle() =>
        Assert.Empty(Parse(Head + """
            steps:
              - { name: a, handler: { callable: c } }
              - { name: b, handler: { callable: c }, dependencies: [a] }
              - { name: c, handler: { callable: c }, dependencies: [a] }
              - { name: d, handler: { callable: c }, dependencies: [b, c] }
            """).Issues);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var issue = Assert.Single(Parse("a: " + new string('[', 5000) + new string(']', 5000)).Issues, issue => issue.RuleId == RuleIds.UnreadableYaml);

        Assert.Equal("The template cannot be read: The file is nested deeper than 64 levels.", Message(issue));
    }

    [Fact]
    public void Of_a_file_that_cannot_be_read_to_its_end_only_that_is_reported()
    {
        var issue = Assert.Single(Parse(Head + """
            steps:
              - name: join
                type: deferred_convergence
                dependencies: [left, right]
                handler: { callable: join }
              - name: left
                handler: { callable: left }
                dependencies: ]
            """).Issues);

        Assert.Equal((RuleIds.UnreadableYaml, 11), (issue.RuleId, issue.Range.StartLine + 1));
    }

    [Fact]
    public void A_chain_of_aliases_cannot_nest_deeper_than_the_file_may()
    {
        var yaml = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));

        Assert.Contains(Parse(yaml).Issues, issue => issue.RuleId == RuleIds.UnreadableYaml);
    }

    [Fact]
    public void Aliases_cannot_make_a_small_file_enormous()
    {
        var yaml = Head + "input_schema:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 20).Select(i => $"  a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n"));

        var issue = Assert.Single(Parse(yaml).Issues);
        Assert.Contains("one million characters", Message(issue), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_breaks_off_keeps_the_steps_it_has()
    {
        var parsed = Parse(Head + "steps:\n  - name: first\n    handler: { callable: c }\n  - name: second\n    handler: { callable: [");

        Assert.Equal(["first", "second"], parsed.Model!.Steps.Select(step => step.Name));
        Assert.Equal(RuleIds.UnreadableYaml, Assert.Single(parsed.Issues, issue => issue.RuleId != RuleIds.WrongValue).RuleId);
    }

    [Fact]
    public void No_text_makes_the_parser_throw()
    {
        string[] tokens = [":", "-", "[", "]", "{", "}", "&a ", "*a", "!", "|", ">", "'", "\"", "#", "\t", "\n", "  ", "name", "steps", "? ", "%", "@", "\0", "\u2028", "\ud800", "---", "...", "<<", ","];
        var pieces = Gen.Int[0, tokens.Length - 1].Select(index => tokens[index]);
        var edits = Gen.Select(Gen.Int[0, Samples.Approval.Length - 1], Gen.Int[0, 20], Gen.OneOf(pieces, Gen.String));

        Gen.OneOf(
                pieces.Array[0, 60].Select(string.Concat),
                Gen.Int[0, Samples.Approval.Length].Select(length => Samples.Approval[..length]),
                edits.Array[1, 4].Select(all => all.Aggregate(Samples.Approval, (text, edit) =>
                {
                    var at = Math.Min(edit.Item1, text.Length);
                    return string.Concat(text.AsSpan(0, at), edit.Item3, text.AsSpan(Math.Min(at + edit.Item2, text.Length)));
                })))
            .Sample(yaml => Parse(yaml).Issues.All(issue => issue.Range.Start + issue.Range.Length <= yaml.Length), iter: 1500);
    }

    private static ParsedTemplate Parse(string yaml) => TemplateParser.Parse("a.workflow.yaml", SourceText.From(yaml), CancellationToken.None);

    private static string Message(TemplateIssue issue) => string.Format(
        System.Globalization.CultureInfo.InvariantCulture,
        Rules.Get(issue.RuleId).MessageFormat.ToString(System.Globalization.CultureInfo.InvariantCulture),
        [.. issue.Arguments]);
}
