using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Graph;
using Tasker.Generators.Parsing;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Parsing;

/// <summary>The analyzers of a build use what its generator found, as long as it still holds.</summary>
public sealed class GeneratorFindingsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void Analyzers_take_over_what_the_generator_found()
    {
        var host = new GeneratorHost("public static class C { [StepHandler(\"a\")] public static int A([FromInput] int x) => x; }");
        host.Run();
        var generated = HandlerModelOf(host.Compilation, "C", "A");

        ParsedMethods.Of(host.Output).TakeOver(None);

        Assert.Same(generated, HandlerModelOf(host.Output, "C", "A"));
        Assert.Same(generated, Assert.Single(HandlerSets.Of(host.Output, None).Own.Handlers));
    }

    [Fact]
    public void A_handler_that_could_not_be_read_is_read_again()
    {
        var host = new GeneratorHost("""
            public static class C
            {
                [StepHandler("a")] public static int A([FromInput] int x) => x;
                [StepHandler("b")] public static int B(int x) => x;
            }
            """);
        host.Run();

        var methods = ParsedMethods.Of(host.Output);
        methods.TakeOver(None);

        Assert.Null(methods.Findings!.Handlers);
        Assert.Same(HandlerModelOf(host.Compilation, "C", "A"), HandlerModelOf(host.Output, "C", "A"));
        Assert.Equal("TSKR0001", Assert.Single(Find(host.Output, "C", "B").Problems).Rule.Id);
    }

    [Theory]
    [InlineData("namespace N { public class X; }")]
    [InlineData("// a comment\npublic class Y;")]
    public void Files_that_no_generator_wrote_may_change_what_names_mean(string source)
    {
        var host = new GeneratorHost("public static class C { [StepHandler(\"a\")] public static int A([FromInput] int x) => x; }");
        host.Run();
        var compilation = host.Output.AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, (CSharpParseOptions)host.Compilation.SyntaxTrees[0].Options, cancellationToken: None));

        ParsedMethods.Of(compilation).TakeOver(None);

        Assert.Null(ParsedMethods.Of(compilation).Findings);
    }

    [Fact]
    public void What_the_generator_has_not_seen_yet_is_not_taken_over()
    {
        var host = new GeneratorHost("public static class C { [StepHandler(\"a\")] public static int A([FromInput] int x) => x; }");
        host.Run();
        var tree = host.Output.SyntaxTrees.First();
        var text = tree.ToString().Replace("int x", "long x", StringComparison.Ordinal);
        var edited = host.Output.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text, System.Text.Encoding.UTF8)));

        ParsedMethods.Of(edited).TakeOver(None);

        Assert.Null(ParsedMethods.Of(edited).Findings);
        Assert.Equal("long", HandlerModelOf(edited, "C", "A").Parameters[0].Value!.Type.TypeName);
    }

    private static Models.HandlerModel HandlerModelOf(Compilation compilation, string type, string method) => Find(compilation, type, method).Result.Handler!;

    private static ParsedMethod Find(Compilation compilation, string type, string method) =>
        Assert.Single(ParsedMethods.Of(compilation).Find((IMethodSymbol)compilation.GetTypeByMetadataName(type)!.GetMembers(method).Single(), None));
}
