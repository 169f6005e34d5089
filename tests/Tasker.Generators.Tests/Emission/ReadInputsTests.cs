using Microsoft.CodeAnalysis;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Emission;

/// <summary>A template whose handlers read the context member by member has a record of these members.</summary>
public sealed class ReadInputsTests
{
    private const string Everything = """
        public enum Level { Low, High }
        public sealed record Line(string Sku, int Count);

        [TaskTemplate("flow", Namespace = "n", Version = "1.0.0")]
        public static partial class Flow
        {
            [StepHandler("first")]
            public static string First(
                [FromInput] int tries = 3, [FromInput] string? note = null, [FromInput] string customer = "", [FromInput("due-date")] DateOnly? dueDate = null, [FromInput("DueDate")] Level level = Level.High) =>
                $"{tries} {note} {customer} {dueDate:O} {level}";

            [StepHandler("second")]
            public static string Second([FromInput] string customer, [FromInput] IReadOnlyList<Line> lines, [FromInput] int? tries, [FromStep] string first, [FromConfig] int size = 1) =>
                $"{customer} {lines.Count}";
        }
        """;

    [Fact]
    public void The_record_has_what_all_handlers_read()
    {
        var host = new GeneratorHost(Everything);
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Golden.Match("ReadInputs", GeneratorHost.Source(run, "Tasker.TemplateClasses.Flow.g.cs"));
        Golden.Match(
            "ReadInputsSerializer",
            run.GeneratedSources.Single(source => source.HintName.StartsWith("Tasker.Json.JsonFlowInputs_", StringComparison.Ordinal)).SourceText.ToString());
    }

    [Fact]
    public async Task The_handlers_read_what_the_record_writes()
    {
        using var assembly = new GeneratedAssembly(
            Everything + """

            public static class Writer
            {
                [StepHandler("write")]
                public static System.Text.Json.JsonElement Write(System.Text.Json.JsonElement all) => System.Text.Json.JsonDocument.Parse(Flow.Template.InputCodec.ToUtf8(
                    all.TryGetProperty("less", out _) ? new Flow.Inputs("bob", [new("x", 2)]) : new Flow.Inputs("bob", [new("x", 2)], 7, "n", new DateOnly(2026, 1, 2), Level.Low))).RootElement;
            }
            """,
            []);

        var less = await assembly.Run("write", """{"less":1}""");
        var more = await assembly.Run("write");

        Assert.Equal("""{"customer":"bob","lines":[{"sku":"x","count":2}]}""", less);
        Assert.Equal("""{"customer":"bob","lines":[{"sku":"x","count":2}],"tries":7,"note":"n","due-date":"2026-01-02","DueDate":0}""", more);
        Assert.Equal("""{"result":"3  bob  High"}""", await assembly.Run("first", less));
        Assert.Equal("""{"result":"7 n bob 2026-01-02 Low"}""", await assembly.Run("first", more));
        Assert.Equal("""{"result":"bob 1"}""", await assembly.Run("second", more, results: [GeneratedAssembly.Result("first", """{"result":""}""")]));
    }

    [Theory]
    [InlineData("[FromInput] string a", "[FromInput] string? a", "Inputs(string A)")]
    [InlineData("[FromInput] int? a", "[FromInput] int a", "Inputs(int A)")]
    [InlineData("[FromInput] int? a", "[FromInput] int a = 1", "Inputs(int? A = null)")]
    [InlineData("[FromInput] int? a", "[FromInput] string b", "Inputs(string B, int? A = null)")]
    [InlineData("[FromInput(\"a_b\")] int x", "[FromInput(\"a-b\")] int x", "Inputs(int AB, int AB2)")]
    [InlineData("[FromInput] System.Text.Json.JsonElement a", "[FromInput] string[] equals", "Inputs(System.Text.Json.JsonElement A, string[] Equals2)")]
    [InlineData("StepContext context", "[FromInput] int a", "Inputs(int A)")]
    [InlineData("[FromInput] int a", "[FromInput] long a", null)]
    [InlineData("[FromInput] int a", "[FromInput] System.Text.Json.JsonElement a", null)]
    [InlineData("[FromInput] int a", "System.Text.Json.JsonElement all", null)]
    [InlineData("Whole whole", "[FromInput] int a", "Whole")]
    [InlineData("Whole whole, [FromInput] int a", "Other other", null)]
    [InlineData("StepContext context", "CancellationToken token", "NoInput")]
    [InlineData("", "System.Text.Json.JsonElement all", null)]
    public void What_two_handlers_read(string first, string second, string? expected)
    {
        var handlers = $$"""
            [StepHandler("one")] public static void One({{first}}) { }
            [StepHandler("two")] public static void Two({{second}}) { }
            """;
        const string Records = "public sealed record Whole(int B); public sealed record Other(int C);";
        var ofClass = new GeneratorHost($"{Records} [TaskTemplate(\"flow\", Namespace = \"n\", Version = \"1\")] public static partial class Flow {{ {handlers} }}");
        var ofFile = new GeneratorHost($"{Records} public static class Handlers {{ {handlers} }}", Steps("one", "two"));

        ofClass.RunTwice();
        ofFile.RunTwice();

        Assert.Empty(ofClass.Problems());
        Assert.Empty(ofFile.Problems());
        Assert.Equal(expected, Input(ofClass, "Flow"));
        Assert.Equal(expected, Input(ofFile, "Shop.Flow"));
    }

    [Fact]
    public void Steps_elsewhere_may_read_more()
    {
        var host = new GeneratorHost("public static class C { [StepHandler(\"one\")] public static void One([FromInput] int a) { } }", Steps("one", "elsewhere"));
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Null(Input(host, "Shop.Flow"));
    }

    [Fact]
    public void A_schema_has_the_first_word()
    {
        var (path, text) = Steps("one");
        var host = new GeneratorHost(
            "public static class C { [StepHandler(\"one\")] public static void One([FromInput] int a) { } }",
            (path, text + "input_schema: { type: object, required: [a], properties: { a: { type: integer }, more: { type: string } } }\n"));
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("Inputs(long A, string? More = null)", Input(host, "Shop.Flow"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("internal sealed record Hidden(int X);")]
    public void What_is_internal_stays_so(string hidden)
    {
        var type = hidden.Length == 0 ? "int" : "Hidden";
        var host = new GeneratorHost($$"""
            {{hidden}}
            [TaskTemplate("flow", Namespace = "n", Version = "1")]
            public static partial class Flow
            {
                [StepHandler("one")] internal static void One([FromInput] string a, [FromInput] {{type}}[]? b) { }
            }
            """);
        host.RunTwice();

        Assert.Empty(host.Problems());
        var flow = host.Output.GetTypeByMetadataName("Flow")!;
        var expected = hidden.Length == 0 ? Accessibility.Public : Accessibility.Internal;
        Assert.Equal(expected, flow.GetTypeMembers("Inputs").Single().DeclaredAccessibility);
        Assert.Equal(expected, flow.GetMembers("Template").Single().DeclaredAccessibility);
    }

    [Theory]
    [InlineData("", "public sealed record Inputs(int A); static Inputs Made => new(1);")]
    [InlineData("", "static int Inputs() => 1;")]
    [InlineData("namespace Shop { public sealed record Inputs(int A); }", "static Shop.Inputs Made => new Inputs(1);")]
    [InlineData("namespace Lib { public sealed record Inputs(int A); }", "static Lib.Inputs Made => new Inputs(1);")]
    [InlineData("namespace Shop.Inputs { public sealed record X(int A); }", "static object Made => new Inputs.X(1);")]
    [InlineData("using Inputs = Lib.A;", "static Lib.A Made => new Inputs();")]
    public void A_name_that_is_taken_keeps_its_meaning(string around, string members)
    {
        var handler = $"[StepHandler(\"one\")] public static void One([FromInput] int a) {{ }} {members}";
        var ofClass = new GeneratorHost(
            $"using Lib; {around} namespace Lib {{ public class A; }} namespace Shop {{ [TaskTemplate(\"flow\", Namespace = \"n\", Version = \"1\")] public static partial class Flow {{ {handler} }} }}");
        var ofFile = new GeneratorHost($"using Lib; {around} namespace Lib {{ public class A; }} namespace Shop {{ public static partial class Flow {{ {handler} }} }}", Steps("one"));

        ofClass.RunTwice();
        ofFile.RunTwice();

        Assert.Empty(ofClass.Problems());
        Assert.Empty(ofFile.Problems());
        Assert.Null(Input(ofClass, "Shop.Flow"));
        Assert.Null(Input(ofFile, "Shop.Flow"));
    }

    [Theory]
    [InlineData("[TaskTemplate(\"flow\", Namespace = \"n\", Version = \"1\")] public static partial class Inputs", "Inputs", null)]
    [InlineData("public static partial class @event { [TaskTemplate(\"flow\", Namespace = \"n\", Version = \"1\")] public static partial class @class", "event+class", "Inputs(int A)")]
    public void Classes_of_odd_names_are_completed(string declaration, string name, string? expected)
    {
        var end = declaration.Contains('{', StringComparison.Ordinal) ? "}" : "";
        var host = new GeneratorHost($"{declaration} {{ [StepHandler(\"one\")] public static void One([FromInput] int a) {{ }} }} {end}");
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Assert.Equal(expected, Input(host, name));
    }

    [Fact]
    public void Uses_that_are_warned_of_stay_with_the_handler()
    {
        var host = new GeneratorHost("""
            [System.Diagnostics.CodeAnalysis.Experimental("EXP7")] public sealed record New(int X);

            #pragma warning disable EXP7
            [TaskTemplate("flow", Namespace = "n", Version = "1")]
            public static partial class Flow
            {
                [StepHandler("one")] public static void One([FromInput] New a) { }
            }
            """);
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("Inputs(New A)", Input(host, "Flow"));
    }

    [Theory]
    [InlineData("public sealed record Item(int X); public static class L { [StepHandler(\"one\")] public static void One([FromInput] Item[] items) { } }", "Inputs(Item[] Items, int A)")]
    [InlineData("public static class L { [StepHandler(\"one\")] public static void One() { } }", "Inputs(int A)")]
    [InlineData("public static class L { [StepHandler(\"one\")] public static void One([FromInput] string a) { } }", null)]
    [InlineData("internal sealed record Item(int X); internal static class L { [StepHandler(\"one\")] public static void One([FromInput] Item[] items) { } }", null)]
    [InlineData("namespace Shop { public sealed record Item(int X); } public static class L { [StepHandler(\"one\")] public static void One([FromInput] Shop.Item item) { } }", null, "namespace Shop { public sealed record Item; }")]
    public void Handlers_of_references_count_as_far_as_they_are_seen(string library, string? expected, string more = "")
    {
        var host = Library.Host(
            more + " public static class C { [StepHandler(\"two\")] public static void Two([FromInput] int a) { } }", [Library.Compile(library)], Steps("one", "two"));
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal(expected, Input(host, "Shop.Flow"));
    }

    private static (string Path, string Text) Steps(params string[] names) => (
        "flow.workflow.yaml",
        "name: flow\nnamespace_name: n\nversion: 1.0.0\nsteps:\n" + string.Concat(names.Select(name => $"  - {{ name: {name}, handler: {{ callable: {name} }} }}\n")));

    /// <summary>What the template's context is: <c>Inputs</c> with its parameters, another type, or nothing known.</summary>
    private static string? Input(GeneratorHost host, string type)
    {
        var template = (IPropertySymbol)host.Output.GetTypeByMetadataName(type)!.GetMembers("Template").Single();
        if (((INamedTypeSymbol)template.Type).TypeArguments is not [INamedTypeSymbol input])
            return null;
        return input.Name != "Inputs"
            ? input.Name
            : $"Inputs({string.Join(", ", input.InstanceConstructors.Single(one => one.DeclaredAccessibility is Accessibility.Public).Parameters.Select(parameter => parameter.ToDisplayString(Signature)))})";
    }

    private static readonly SymbolDisplayFormat Signature = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);
}
