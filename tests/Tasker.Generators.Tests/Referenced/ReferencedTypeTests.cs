using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Referenced;

/// <summary>The steps and the input of a template have the types of their handlers, also where these are of another assembly.</summary>
public sealed class ReferencedTypeTests
{
    private const string Greetings = """
        namespace Greetings;
        public sealed record Visitor(string Name, Language Language, List<Title>? Titles = null);
        public enum Language { English, German }
        public sealed record Title(string Text);
        public sealed record Greeting(string Text);
        public sealed record Unused(int Number);
        public sealed class Steps(IServiceProvider services)
        {
            [StepHandler("greet")] public async Task<StepResult<Greeting>> Greet(Visitor visitor, [FromServices] IDisposable disposable) { await Task.Yield(); return new Greeting(visitor.Name + services + disposable); }
            [StepHandler("count")] public static int? Count([FromStep] Greeting greet) => greet.Text.Length;
            [StepHandler("unused")] public static Unused Unused() => new(1);
            [StepHandler("end")] public static void End() { }
        }
        """;

    private static readonly (string, string) Hello = ("hello.workflow.yaml", """
        name: hello
        namespace_name: n
        version: 1.0.0
        input_schema: { type: object, properties: { name: { type: string } } }
        steps:
          - { name: greet, handler: { callable: greet }, result_schema: { type: object, properties: { text: { type: string } } } }
          - { name: count, dependencies: [greet], handler: { callable: count } }
          - { name: end, dependencies: [count], handler: { callable: end }, result_schema: { type: object, properties: { x: { type: string } } } }
        """);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_template_has_the_types_of_handlers_in_a_library(bool isBuilt)
    {
        var host = Library.Host(
            """
            using Tasker.Templates;
            public static class Use
            {
                public static TaskTemplate<Greetings.Visitor> Template => Shop.Hello.Template;
                public static StepRef<Greetings.Greeting> Greet => Shop.Hello.Steps.Greet;
                public static StepRef<int?> Count => Shop.Hello.Steps.Count;
                public static StepRef End => Shop.Hello.Steps.End;
            }
            """,
            [Library.Compile(Greetings, "Greetings", isBuilt)],
            Hello);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal(["Greeting", "Language", "ListOfTitle", "Title", "Visitor"], Serializers(run));
        Assert.Equal(["Steps"], host.Output.GetTypeByMetadataName("Shop.Hello")!.GetTypeMembers().Select(type => type.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_internals_of_a_library_are_used_where_it_lets(bool isBuilt)
    {
        const string source = """
            [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Shop")]
            namespace Greetings;
            internal sealed record Visitor(string Name);
            internal sealed record Greeting(string Text);
            internal static class Steps
            {
                [StepHandler("greet")] internal static Greeting Greet(Visitor visitor) => new(visitor.Name);
                [StepHandler("count")] internal static int Count([FromStep] Greeting greet) => greet.Text.Length;
                [StepHandler("end")] internal static void End() { }
            }
            """;
        var host = Library.Host(
            """
            using Tasker.Templates;
            static class Use
            {
                [StepHandler("own")] public static Greetings.Greeting Own() => null!;
                public static TaskTemplate<Greetings.Visitor> Template => Shop.Hello.Template;
                public static StepRef<Greetings.Greeting> Greet => Shop.Hello.Steps.Greet;
            }
            """,
            [Library.Compile(source, "Greetings", isBuilt)],
            Hello);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal(["Greeting", "Visitor"], Serializers(run));
    }

    [Fact]
    public void Several_libraries_and_the_project_itself_share_the_serializer_of_a_type()
    {
        var contracts = Library.Compile("namespace Contracts; public sealed record Visitor(string Name); public sealed record Greeting(string Text);", "Contracts");
        var greet = Library.Compile("public static class G { [StepHandler(\"greet\")] public static Contracts.Greeting Greet(Contracts.Visitor visitor) => new(visitor.Name); }", "First", true, contracts);
        var count = Library.Compile("public static class C { [StepHandler(\"count\")] public static int Count(Contracts.Visitor visitor, [FromStep] Contracts.Greeting greet) => 1; }", "Second", true, contracts);
        var host = Library.Host(
            """
            using Tasker.Templates;
            public static class Use
            {
                [StepHandler("end")] public static Contracts.Greeting End(Contracts.Visitor visitor) => null!;
                public static TaskTemplate<Contracts.Visitor> Template => Shop.Hello.Template;
                public static StepRef<Contracts.Greeting> Greet => Shop.Hello.Steps.Greet;
                public static StepRef<Contracts.Greeting> End_ => Shop.Hello.Steps.End;
                public static StepRef<int> Count => Shop.Hello.Steps.Count;
            }
            """,
            [contracts, greet, count],
            Hello);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal(["Greeting", "Visitor"], Serializers(run));
    }

    [Theory]
    [InlineData("", "Visitor")]
    [InlineData("public sealed record Mine(string Name); public static class Own { [StepHandler(\"end\")] public static void End(Mine mine) { } }", "Mine")]
    [InlineData("public static class Own { [StepHandler(\"count\")] public static int Count([FromStep] string greet) => 1; }", "Visitor")]
    public void Of_the_input_the_project_s_own_handlers_have_the_first_word(string source, string input)
    {
        var host = Library.Host(source, [Library.Compile(Greetings)], Hello);
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal(input, Input(host));
    }

    [Fact]
    public void Libraries_that_disagree_about_the_input_leave_it_to_the_schema()
    {
        var other = Library.Compile("public sealed record Other(int A); public static class O { [StepHandler(\"more\")] public static void More(Other other) { } }", "Other");
        var host = Library.Host("", [Library.Compile(Greetings), other], (Hello.Item1, Hello.Item2 + "\n  - { name: more, handler: { callable: more } }"));
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("Inputs", Input(host));
        Assert.Equal("Greeting", Result(host, "Greet"));
    }

    [Theory]
    [InlineData("internal sealed record Greeting(string Text); internal static class S { [StepHandler(\"greet\")] internal static Greeting Greet() => null!; }")]
    [InlineData("internal sealed record Greeting(string Text); internal static class S { [StepHandler(\"greet\")] public static Greeting Greet() => null!; }")]
    public void What_is_internal_stays_without_a_type(string library)
    {
        var host = Library.Host("", [Library.Compile(library)], Hello);
        var run = host.RunTwice();

        AssertUntyped(host, run);
    }

    [Theory]
    [InlineData("#pragma warning disable CS0612, CS0618, CS0619\n [Obsolete(\"gone\", true)] public sealed record Greeting(string Text); public static class S { [StepHandler(\"greet\"), Obsolete] public static Greeting Greet() => null!; }")]
    [InlineData("public sealed class Greeting { [Obsolete(\"gone\", true)] public string Text { get; set; } = \"\"; } public static class S { [StepHandler(\"greet\")] public static Page<Greeting>[] Greet() => null!; } public sealed record Page<T>(T Item);")]
    [InlineData("public sealed class Greeting { [Obsolete(\"gone\", true)] public Greeting() { } public string Text { get; set; } = \"\"; } public static class S { [StepHandler(\"greet\")] public static Greeting Greet() => null!; }")]
    public void What_nobody_may_use_any_more_stays_without_a_type(string library)
    {
        var host = Library.Host("", [Announce(library)], Hello);
        var run = host.RunTwice();

        AssertUntyped(host, run);
    }

    [Theory]
    [InlineData("namespace Greetings { public sealed record Greeting(int Other); }", "GreetResult", "Visitor")]
    [InlineData("namespace Greetings { class Greeting; }", "GreetResult", "Visitor")]
    [InlineData("namespace Greetings.Greeting { class A; }", "GreetResult", "Visitor")]
    [InlineData("namespace Greetings { class Visitor; }", "Greeting", "Inputs")]
    [InlineData("namespace Greetings { class Title; }", "Greeting", "Inputs")]
    [InlineData("class Greetings;", "GreetResult", "Inputs")]
    [InlineData("namespace Greetings { public sealed record Greeting<T>(T Other); }", "Greeting", "Visitor")]
    [InlineData("namespace Other { public sealed record Greeting(int Other); }", "Greeting", "Visitor")]
    public void A_name_that_means_something_else_here_is_not_used_and_costs_no_other_value_its_type(string source, string result, string input)
    {
        var host = Library.Host(source, [Library.Compile(Greetings)], Hello);
        var run = host.RunTwice();

        Assert.DoesNotContain(host.Problems(), problem => !problem.Contains("CS0437", StringComparison.Ordinal));
        Assert.Equal(result, Result(host, "Greet"));
        Assert.Equal(input, Input(host));
        Assert.Equal(result == "Greeting", Serializers(run).Contains("Greeting"));
        Assert.Equal(input == "Visitor", Serializers(run).Contains("Title"));
    }

    [Fact]
    public void A_name_that_is_taken_and_given_back_changes_the_types()
    {
        var host = Library.Host("", [Library.Compile(Greetings)], Hello);
        host.RunTwice();
        var taken = CSharpSyntaxTree.ParseText("namespace Greetings { class Greeting; }", host.Compilation.SyntaxTrees[0].Options as CSharpParseOptions, "Taken.cs");

        host.Change(compilation => compilation.AddSyntaxTrees(taken));
        host.Run();
        var whileTaken = Result(host, "Greet");
        host.Change(compilation => compilation.RemoveSyntaxTrees(taken));
        host.Run();

        Assert.Equal("GreetResult", whileTaken);
        Assert.Equal("Greeting", Result(host, "Greet"));
    }

    [Fact]
    public void A_type_that_two_references_have_is_not_used()
    {
        var host = Library.Host("", [Library.Compile(Greetings), Library.Compile("namespace Greetings; public sealed record Greeting(int A);", "Other")], Hello);
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("GreetResult", Result(host, "Greet"));
    }

    [Fact]
    public void An_internal_type_of_another_reference_takes_no_name()
    {
        var host = Library.Host("", [Library.Compile(Greetings), Library.Compile("namespace Greetings; class Greeting;", "Other")], Hello);
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("Greeting", Result(host, "Greet"));
    }

    [Fact]
    public void A_type_that_can_be_named_through_an_alias_only_is_not_used_until_it_can_be_named()
    {
        var library = Library.Compile(Greetings);
        var host = Library.Host("", [library.WithAliases(["Far"])], Hello);
        host.RunTwice();
        var behindAlias = Result(host, "Greet");
        host.Change(compilation => compilation.ReplaceReference(compilation.References.Last(), library.WithAliases(["Far", "global"])));
        host.Run();

        Assert.Empty(host.Problems());
        Assert.Equal("GreetResult", behindAlias);
        Assert.Equal("Greeting", Result(host, "Greet"));
    }

    [Theory]
    [InlineData("public static Base Greet() => null!;")]
    [InlineData("public static Derived Greet() => null!; public sealed class Derived : Base { public string Text { get; set; } = \"\"; }")]
    [InlineData("public static Implementing Greet() => null!; public sealed class Implementing : IBase { public string Text { get; set; } = \"\"; }")]
    [InlineData("public static Made Greet() => null!; public sealed class Made { public Made() { } public Made(Base text) { } public string Text { get; set; } = \"\"; }")]
    [InlineData("public static Holder Greet() => null!; public sealed record Holder(Base Text);")]
    public void What_needs_an_assembly_that_is_not_referenced_is_not_used(string members)
    {
        var far = Library.Compile("public class Base { public int A { get; set; } } public interface IBase;", "Far");
        var library = Library.Compile("public static class S { [StepHandler(\"greet\")] " + members + " }", "Library", true, far);
        var host = Library.Host("", [library], Hello);
        var run = host.RunTwice();

        AssertUntyped(host, run);
        host.Change(compilation => compilation.AddReferences(far));
        host.Run();
        Assert.Empty(host.Problems());
        Assert.NotEqual("GreetResult", Result(host, "Greet"));
    }

    [Fact]
    public void A_handler_that_two_libraries_have_has_no_type()
    {
        var host = Library.Host("", [Library.Compile(Greetings), Library.Compile("public static class O { [StepHandler(\"greet\")] public static int Greet() => 1; }", "Other")], Hello);
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("GreetResult", Result(host, "Greet"));
        Assert.Equal("Nullable", Result(host, "Count"));
    }

    [Fact]
    public void A_library_that_announces_nothing_gives_no_types()
    {
        var library = new GeneratorHost(Greetings).Compilation.WithAssemblyName("Old");
        var host = Library.Host("", [library.ToMetadataReference()], Hello);
        var run = host.RunTwice();

        AssertUntyped(host, run);
    }

    [Fact]
    public void A_parameter_that_cannot_be_used_here_does_not_hide_the_result()
    {
        var library = Library.Compile("public sealed record Greeting(string Text); internal sealed record Hidden(int A); internal static class S { [StepHandler(\"greet\")] public static Greeting Greet(Hidden hidden, [FromConfig] Hidden other) => null!; }");
        var host = Library.Host("", [library], Hello);
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.Equal("Greeting", Result(host, "Greet"));
        Assert.Equal("Inputs", Input(host));
    }

    private static void AssertUntyped(GeneratorHost host, GeneratorRunResult run)
    {
        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Assert.Equal("GreetResult", Result(host, "Greet"));
        Assert.Equal("Inputs", Input(host));
    }

    /// <summary>A library with the manifest alone: with its generated code it would not compile.</summary>
    private static CompilationReference Announce(string source) =>
        new GeneratorHost("[assembly: Tasker.Handlers.HandlerManifest(\"greet\")]\n" + source).Compilation.WithAssemblyName("Library").ToMetadataReference();

    private static string Input(GeneratorHost host) => Argument(host.Output.GetTypeByMetadataName("Shop.Hello")!, "Template")!;

    /// <summary>The type that a step has, by its simple name.</summary>
    private static string? Result(GeneratorHost host, string step) => Argument(host.Output.GetTypeByMetadataName("Shop.Hello+Steps")!, step);

    private static string? Argument(INamedTypeSymbol type, string property) =>
        ((INamedTypeSymbol)type.GetMembers(property).OfType<IPropertySymbol>().Single().Type).TypeArguments.SingleOrDefault()?.Name;

    /// <summary>The types that have a serializer in the project.</summary>
    private static IEnumerable<string> Serializers(GeneratorRunResult run) =>
        run.GeneratedSources
            .Select(source => source.HintName)
            .Where(name => name.StartsWith("Tasker.Json.Json", StringComparison.Ordinal))
            .Select(name => name["Tasker.Json.Json".Length..name.IndexOf('_', StringComparison.Ordinal)])
            .Order(StringComparer.Ordinal);
}
