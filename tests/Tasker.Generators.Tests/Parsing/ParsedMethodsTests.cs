using Microsoft.CodeAnalysis;
using Tasker.Generators.Graph;
using Tasker.Generators.Parsing;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Parsing;

/// <summary>Parsing is dear: analyzers share what came of it.</summary>
public sealed class ParsedMethodsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Compilation _compilation = new GeneratorHost("""
        public static class C
        {
            [StepHandler("a")] public static int A([FromInput] int x) => x;
            [StepHandler("bad")] public static int Bad(int x) => x;
            [StepHandler("two"), Decision("two")] public static Decision Two() => null!;
            public static void Other() { }
        }
        """).Compilation;

    [Fact]
    public void A_method_is_parsed_once_for_the_graph_and_for_each_analyzer()
    {
        var handlers = HandlerSets.Of(_compilation, None).Own.Handlers;

        var parsed = Assert.Single(Find("A"));
        Assert.Same(parsed.Result.Handler, handlers.Single(handler => handler.Callable == "a"));
        Assert.Same(parsed, Assert.Single(Find("A")));
    }

    [Fact]
    public void What_cannot_be_called_keeps_its_problems()
    {
        var parsed = Assert.Single(Find("Bad"));

        Assert.Null(parsed.Result.Handler);
        Assert.Equal("TSKR0001", Assert.Single(parsed.Problems).Rule.Id);
    }

    [Fact]
    public void Each_attribute_has_an_answer_of_its_own() =>
        Assert.Equal(["StepHandlerAttribute", "DecisionAttribute"], Find("Two").Select(parsed => parsed.Attribute.AttributeClass!.Name));

    [Fact]
    public void Other_methods_have_none() => Assert.Empty(Find("Other"));

    private IReadOnlyList<ParsedMethod> Find(string name) =>
        ParsedMethods.Of(_compilation).Find((IMethodSymbol)_compilation.GetTypeByMetadataName("C")!.GetMembers(name).Single(), None);
}
