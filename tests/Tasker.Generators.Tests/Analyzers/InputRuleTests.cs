using System.Globalization;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Analyzers;

/// <summary>What handlers read of a task's context fits the template's schema, and what others read of it.</summary>
public sealed class InputRuleTests
{
    private const string Types = """
        public enum Level { Low, High }
        [System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))] public enum Named { Low, High }
        public record Line(string Sku, int Count);
        public record BadLine(int Sku);
        public record Customer(string Name, Line[] Lines, string? Phone);
        public record BadCustomer(List<BadLine> Lines);
        public record Node(int Id, Node? Next);
        public record OtherNode(long Id, OtherNode? Next);
        public record BadNode(int Id, BadChild? Next);
        public record BadChild(string Id);
        public class Ignoring { [System.Text.Json.Serialization.JsonIgnore] public int Name { get; set; } public bool Lines => true; }

        """;

    private const string Properties = """
          text: { type: string }
          date: { type: string, format: date-time }
          level: { type: string, enum: [Low, High] }
          count: { type: integer }
          ratio: { type: number }
          money: { type: number, format: decimal }
          flag: { type: boolean }
          tags: { type: array, items: { type: string } }
          list: { type: array }
          any: { description: anything }
          either: { type: [string, integer] }
          open: { type: object }
          customer:
            type: object
            properties:
              name: { type: string }
              lines: { type: array, items: { type: object, properties: { sku: { type: string }, count: { type: integer } } } }

        """;

    [Theory]
    [InlineData("string text")]
    [InlineData("string? text")]
    [InlineData("char text")]
    [InlineData("Guid text")]
    [InlineData("byte[] text")]
    [InlineData("Named text")]
    [InlineData("DateTimeOffset date")]
    [InlineData("DateTime? date")]
    [InlineData("Named level")]
    [InlineData("int count")]
    [InlineData("long? count")]
    [InlineData("decimal count")]
    [InlineData("Level count")]
    [InlineData("Named count")]
    [InlineData("int ratio")]
    [InlineData("Named ratio")]
    [InlineData("double money")]
    [InlineData("bool flag = true")]
    [InlineData("string[] tags")]
    [InlineData("HashSet<Guid>? tags")]
    [InlineData("int[] list")]
    [InlineData("List<Customer> list")]
    [InlineData("int any")]
    [InlineData("Customer any")]
    [InlineData("bool either")]
    [InlineData("int open")]
    [InlineData("Customer customer")]
    [InlineData("Customer? customer")]
    [InlineData("Node customer")]
    [InlineData("Ignoring customer")]
    [InlineData("Dictionary<string, System.Text.Json.JsonElement> customer")]
    [InlineData("System.Text.Json.JsonElement text")]
    [InlineData("System.Text.Json.JsonElement? customer")]
    [InlineData("int elsewhere")]
    public async Task What_fits_the_schema_has_no_diagnostic(string parameter) =>
        Assert.Empty(await Marked.RunAsync(new TaskerGraphAnalyzer(), Handler($"[FromInput] {parameter}"), Schema(Properties)));

    [Theory]
    [InlineData("int ⟦text⟧", "'text' is declared as a string in the template's input_schema and read as an integer")]
    [InlineData("int? ⟦text⟧", "'text' is declared as a string in the template's input_schema and read as an integer")]
    [InlineData("bool ⟦text⟧ = true", "'text' is declared as a string in the template's input_schema and read as a boolean")]
    [InlineData("Level ⟦level⟧", "'level' is declared as a string in the template's input_schema and read as an integer")]
    [InlineData("string ⟦count⟧", "'count' is declared as an integer in the template's input_schema and read as a string")]
    [InlineData("DateTime ⟦ratio⟧", "'ratio' is declared as a number in the template's input_schema and read as a string")]
    [InlineData("bool ⟦money⟧", "'money' is declared as a number in the template's input_schema and read as a boolean")]
    [InlineData("int ⟦flag⟧", "'flag' is declared as a boolean in the template's input_schema and read as an integer")]
    [InlineData("string ⟦tags⟧", "'tags' is declared as an array in the template's input_schema and read as a string")]
    [InlineData("int[] ⟦tags⟧", "'tags[]' is declared as a string in the template's input_schema and read as an integer")]
    [InlineData("IReadOnlyList<Line> ⟦tags⟧", "'tags[]' is declared as a string in the template's input_schema and read as an object")]
    [InlineData("Dictionary<string, int> ⟦list⟧", "'list' is declared as an array in the template's input_schema and read as an object")]
    [InlineData("Line[] ⟦customer⟧", "'customer' is declared as an object in the template's input_schema and read as an array")]
    [InlineData("BadCustomer ⟦customer⟧", "'customer.lines[].sku' is declared as a string in the template's input_schema and read as an integer")]
    [InlineData("Dictionary<string, string> ⟦customer⟧", "'customer.lines' is declared as an array in the template's input_schema and read as a string")]
    public async Task What_contradicts_the_schema_is_reported_at_the_parameter(string parameter, string reason)
    {
        var type = parameter[..parameter.IndexOf(" ⟦", StringComparison.Ordinal)];
        var name = parameter[(type.Length + 2)..parameter.IndexOf('⟧', StringComparison.Ordinal)];

        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(new TaskerGraphAnalyzer(), Handler($"[FromInput] {parameter}"), Schema(Properties)));

        Assert.Equal(("TSKR1017", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Equal($"The parameter '{name}' reads a '{type}' from the context of template 'flow', but {reason}; make the two types fit", diagnostic.Message());
    }

    [Theory]
    [InlineData("Customer ⟦all⟧", "name: { type: integer }", "'name' is declared as an integer in the template's input_schema and read as a string")]
    [InlineData("Dictionary<string, int> ⟦all⟧", "name: { type: string }", "'name' is declared as a string in the template's input_schema and read as an integer")]
    [InlineData("Customer all", "name: { type: string }, more: { type: integer }", null)]
    [InlineData("System.Text.Json.JsonElement all", "name: { type: integer }", null)]
    public async Task A_record_of_the_whole_context_is_compared_member_by_member(string parameter, string properties, string? reason)
    {
        var diagnostics = await Marked.AnalyzeAsync(new TaskerGraphAnalyzer(), Handler(parameter), Schema($"  {{ {properties} }}\n"));

        Assert.Equal(reason is null ? [] : ["TSKR1017"], diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.All(diagnostics, diagnostic => Assert.Contains($"template 'flow', but {reason}; make", diagnostic.Message(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_binding_s_name_is_its_place()
    {
        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(new TaskerGraphAnalyzer(), Handler("[FromInput(⟦\"text\"⟧)] int number"), Schema(Properties)));

        Assert.StartsWith("The parameter 'number' reads a 'int' from", diagnostic.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[FromInput] int a", "[FromInput] long a")]
    [InlineData("[FromInput] int a", "[FromInput] double? a")]
    [InlineData("[FromInput] string a", "[FromInput] DateTime a")]
    [InlineData("[FromInput] string a", "[FromInput] string? a = null")]
    [InlineData("[FromInput] int a", "[FromInput] Named a")]
    [InlineData("[FromInput] Named a", "[FromInput] Level a")]
    [InlineData("[FromInput] string a", "[FromInput] Named a")]
    [InlineData("[FromInput] int a", "[FromInput] System.Text.Json.JsonElement a")]
    [InlineData("[FromInput] int[] a", "[FromInput] HashSet<double> a")]
    [InlineData("[FromInput] Line a", "[FromInput] Customer a")]
    [InlineData("[FromInput] Customer a", "[FromInput] Ignoring a")]
    [InlineData("[FromInput] Node a", "[FromInput] OtherNode a")]
    [InlineData("[FromInput] Node a", "[FromInput] Dictionary<string, System.Text.Json.JsonElement> a")]
    [InlineData("[FromInput] int a", "[FromInput] string b")]
    [InlineData("[FromInput(\"a\")] int b", "[FromInput(\"b\")] string a")]
    [InlineData("[FromInput] int a", "[FromConfig] string a")]
    [InlineData("Line all", "Customer all")]
    [InlineData("Line all", "[FromInput] string sku")]
    [InlineData("[FromInput] int more", "Line all")]
    [InlineData("System.Text.Json.JsonElement all", "[FromInput] string sku, [FromInput] int count")]
    public async Task Two_handlers_that_one_value_serves_have_no_diagnostic(string first, string second)
    {
        Assert.Empty(await Marked.RunAsync(new TaskerGraphAnalyzer(), Handlers(first, second), Steps));
        Assert.Empty(await Marked.RunAsync(new TaskerGraphAnalyzer(), Handlers(second, first), Steps));
    }

    [Theory]
    [InlineData("[FromInput] int a", "[FromInput] string ⟦a⟧", "'a' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] int? a", "[FromInput] string? ⟦a⟧", "'a' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput(\"a\")] Guid x", "[FromInput] bool ⟦a⟧ = true", "'a' is read as a boolean by 'C.Two' and as a string by the parameter 'x' of 'C.One'")]
    [InlineData("[FromInput] Named a", "[FromInput] bool ⟦a⟧", "'a' is read as a boolean by 'C.Two' and as a string by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] int[] a", "[FromInput] List<string> ⟦a⟧", "'a[]' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] Customer a", "[FromInput] BadCustomer ⟦a⟧", "'a.lines[].sku' is read as an integer by 'C.Two' and as a string by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] Node a", "[FromInput] BadNode ⟦a⟧", "'a.next.id' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] Line a", "[FromInput] Dictionary<string, string> ⟦a⟧", "'a.count' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] Dictionary<string, int> a", "[FromInput] Line ⟦a⟧", "'a.sku' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] Dictionary<string, int> a", "[FromInput] IReadOnlyDictionary<string, string> ⟦a⟧", "'a.*' is read as a string by 'C.Two' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("Line all", "[FromInput(⟦\"sku\"⟧)] int a", "'sku' is read as an integer by 'C.Two' and as a string by the parameter 'all' of 'C.One'")]
    [InlineData("[FromInput] int sku", "Line ⟦all⟧", "'sku' is read as a string by 'C.Two' and as an integer by the parameter 'sku' of 'C.One'")]
    [InlineData("Line all", "BadLine ⟦all⟧", "'sku' is read as an integer by 'C.Two' and as a string by the parameter 'all' of 'C.One'")]
    [InlineData("[FromInput] int a, [FromInput(⟦\"a\"⟧)] string b", "", "'a' is read as a string by 'C.One' and as an integer by the parameter 'a' of 'C.One'")]
    [InlineData("[FromInput] Guid[] a", "[FromInput] int ⟦a⟧", "'a' is read as an integer by 'C.Two' and as an array by the parameter 'a' of 'C.One'")]
    public async Task Two_handlers_that_no_value_serves_are_reported_at_the_later_one(string first, string second, string reason)
    {
        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(new TaskerGraphAnalyzer(), Handlers(first, second), Steps));

        Assert.Equal(("TSKR1017", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Contains($"from the context of template 'flow', but {reason}; make the two types fit", diagnostic.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: { type: string }", "[FromInput] int ⟦a⟧", "[FromInput] string a", "'a' is declared as a string")]
    [InlineData("a: { type: string }", "[FromInput] string a", "[FromInput] int ⟦a⟧", "'a' is declared as a string")]
    [InlineData("a: { type: array }", "[FromInput] string[] a", "[FromInput] int[] ⟦a⟧", "'a[]' is read as an integer by 'C.Two'")]
    [InlineData("a: { type: [string, integer] }", "[FromInput] string a", "[FromInput] int ⟦a⟧", "'a' is read as an integer by 'C.Two'")]
    [InlineData("b: { type: string }", "[FromInput] string a", "[FromInput] int ⟦a⟧", "'a' is read as an integer by 'C.Two'")]
    public async Task The_schema_has_the_first_word(string properties, string first, string second, string reason)
    {
        var (path, text) = Steps;

        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(
            new TaskerGraphAnalyzer(), Handlers(first, second), (path, $"{text}\ninput_schema: {{ type: object, properties: {{ {properties} }} }}\n")));

        Assert.Contains(reason, diagnostic.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("first", "left", true)]
    [InlineData("decide", "right", true)]
    [InlineData("left", "after", true)]
    [InlineData("left", "right", false)]
    [InlineData("after", "late", false)]
    [InlineData("left", "join", false)]
    [InlineData("first", "join", true)]
    public async Task Steps_of_different_branches_may_read_different_things(string first, string second, bool isReported)
    {
        var diagnostics = await Marked.RunAsync(new TaskerGraphAnalyzer(), Handlers("[FromInput] int a", "[FromInput] string a", first, second), Branches);

        Assert.Equal(isReported ? ["TSKR1017"] : [], diagnostics.Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public async Task Each_step_is_compared_whatever_others_of_the_same_types_may_read() =>
        Assert.Contains(
            "'a.sku' is read as an integer by 'C.Late' and as a string by the parameter 'a' of 'C.Right'",
            Assert.Single(await Marked.AnalyzeAsync(
                new TaskerGraphAnalyzer(),
                Types + """
                public static class C
                {
                    [StepHandler("left")] public static void Left([FromInput] Line a) { }
                    [StepHandler("right")] public static void Right([FromInput] Line a) { }
                    [StepHandler("late")] public static void Late([FromInput] BadLine ⟦a⟧) { }
                }
                """,
                Branches)).Message(),
            StringComparison.Ordinal);

    [Fact]
    public async Task Handlers_of_different_templates_may_read_different_things() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(),
            Handlers("[FromInput] int a", "[FromInput] string a"),
            ("one.workflow.yaml", "{ name: one, namespace_name: n, version: 1.0.0, steps: [{ name: one, handler: { callable: one } }] }"),
            ("two.workflow.yaml", "{ name: two, namespace_name: n, version: 1.0.0, steps: [{ name: two, handler: { callable: two } }] }")));

    [Fact]
    public async Task A_handler_that_serves_two_steps_is_reported_once() =>
        Assert.Single(await Marked.AnalyzeAsync(
            new TaskerGraphAnalyzer(),
            Handlers("[FromInput] int a", "[FromInput] string ⟦a⟧"),
            ("flow.workflow.yaml", Steps.Text + "\n  - { name: three, handler: { callable: two } }\n  - { name: four, handler: { callable: one } }\n")));

    [Fact]
    public async Task What_a_file_that_cannot_be_read_to_its_end_says_is_not_compared() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(), Handlers("[FromInput] int a", "[FromInput] string a"), ("flow.workflow.yaml", Steps.Text + "\n  - { name: three, handler: { callable: three } }\n\t- { name: four, handler: { callable: four } }\n")));

    [Fact]
    public async Task A_pragma_silences_the_rule() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(), "#pragma warning disable TSKR1017\n" + Handlers("[FromInput] int a", "[FromInput] string a"), Steps));

    [Fact]
    public async Task An_editorconfig_changes_the_severity() =>
        Assert.Equal(
            DiagnosticSeverity.Warning,
            Assert.Single(await Marked.RunAsync(
                new TaskerGraphAnalyzer(), Handlers("[FromInput] int a", "[FromInput] string a"), new Severities(tree: new() { ["TSKR1017"] = ReportDiagnostic.Warn }), Steps)).Severity);

    private static (string Path, string Text) Steps => ("flow.workflow.yaml", """
        name: flow
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: one, handler: { callable: one } }
          - { name: two, handler: { callable: two } }
        """);

    /// <summary>first → decide → (left → after | right → late) → join.</summary>
    private static (string Path, string Text) Branches => ("flow.workflow.yaml", """
        name: flow
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: first, handler: { callable: first } }
          - { name: decide, type: decision, dependencies: [first], handler: { callable: decide } }
          - { name: left, dependencies: [decide], handler: { callable: left } }
          - { name: after, dependencies: [left], handler: { callable: after } }
          - { name: right, dependencies: [decide], handler: { callable: right } }
          - { name: late, dependencies: [right], handler: { callable: late } }
          - { name: join, type: deferred_convergence, dependencies: [left, right], handler: { callable: join } }
        """);

    private static (string Path, string Text) Schema(string properties) => ("flow.workflow.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
        name: flow
        namespace_name: n
        version: 1.0.0
        steps: [{ name: one, handler: { callable: one } }]
        input_schema:
         type: object
         properties:
        {{properties}}
        """));

    private static string Handler(string parameter) => Types + $"public static class C {{ [StepHandler(\"one\")] public static void One({parameter}) {{ }} }}";

    private static string Handlers(string first, string second, string firstStep = "one", string secondStep = "two") =>
        Types + $$"""
        public static class C
        {
            [{{Attribute(firstStep)}}("{{firstStep}}")] public static {{Result(firstStep)}} One({{first}}) => default!;
            [{{Attribute(secondStep)}}("{{secondStep}}")] public static {{Result(secondStep)}} Two({{second}}) => default!;
        }
        """;

    private static string Attribute(string step) => step == "decide" ? "Decision" : "StepHandler";

    private static string Result(string step) => step == "decide" ? "Decision" : "int";
}
