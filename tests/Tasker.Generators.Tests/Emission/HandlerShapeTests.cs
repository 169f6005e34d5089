using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Emission;

/// <summary>Signatures that few people write compile and run like any other.</summary>
public sealed class HandlerShapeTests
{
    [Theory]
    [InlineData("JsonElement? Run([FromInput] JsonElement? any) => any;", """{"any":{"a":1}}""", """{"a":1}""")]
    [InlineData("JsonElement? Run([FromInput] JsonElement? any) => any;", "{}", "{}")]
    [InlineData("async Task<JsonElement?> Run([FromInput] JsonElement? any) { await Task.Yield(); return any; }", """{"any":[1]}""", """{"result":[1]}""")]
    [InlineData("StepResult<JsonElement?> Run([FromInput] JsonElement? any) => any;", """{"any":1}""", """{"result":1}""")]
    [InlineData("long Run([FromInput, Optional, DateTimeConstant(630823248000000000)] DateTime at) => at.Ticks;", "{}", """{"result":630823248000000000}""")]
    [InlineData("long Run(Dated dated) => dated.At.Ticks;", "{}", """{"result":630823248000000000}""")]
    public async Task Runs(string method, string context, string expected)
    {
        using var shop = new GeneratedAssembly(
            $$"""
            using System.Runtime.CompilerServices;
            using System.Runtime.InteropServices;
            using System.Text.Json;
            namespace Shop;
            public sealed record Dated([Optional, DateTimeConstant(630823248000000000)] DateTime At);
            public static class Steps
            {
                [StepHandler("run")]
                public static {{method}}
            }
            """,
            []);

        Assert.Equal(expected, await shop.Run("run", context));
    }

    /// <summary>A partial method is what the part that declares it says, as for its callers; attributes may be on either part.</summary>
    [Theory]
    [InlineData("[StepHandler(\"run\")] public static partial int Run([FromInput] int first, [FromInput] int second = 7);", "public static partial int Run(int a, int b) => a - b;")]
    [InlineData("public static partial int Run(int first, int second = 7);", "[StepHandler(\"run\")] public static partial int Run([FromInput] int a, [FromInput] int b) => a - b;")]
    [InlineData("[StepHandler(\"run\")] public static partial int Run(int first, int second = 7);", "public static partial int Run([FromInput] int a, [FromInput] int b) => a - b;")]
    public async Task A_partial_method_runs(string declaration, string implementation)
    {
        using var shop = new GeneratedAssembly(
            $$"""
            #pragma warning disable CS8826
            namespace Shop;
            public static partial class Steps { {{declaration}} }
            public static partial class Steps { {{implementation}} }
            """,
            []);

        Assert.Equal("""{"result":-4}""", await shop.Run("run", """{"first":3}"""));
    }

    /// <summary>All adapters of an assembly are members of one class.</summary>
    [Fact]
    public async Task Handlers_may_be_named_like_the_members_of_an_adapter()
    {
        using var shop = new GeneratedAssembly(
            """
            public static class A
            {
                [StepHandler("run")]
                public static int? B([FromInput] int? p) => p;
            }

            namespace Invoke
            {
                public static class A
                {
                    [StepHandler("invoke")]
                    public static int B() => 2;
                }
            }

            namespace Codec.A
            {
                public static class B
                {
                    [StepHandler("codec")]
                    public static int p() => 3;
                }
            }
            """,
            []);

        Assert.Equal("""{"result":1}""", await shop.Run("run", """{"p":1}"""));
        Assert.Equal("""{"result":2}""", await shop.Run("invoke", "{}"));
        Assert.Equal("""{"result":3}""", await shop.Run("codec", "{}"));
    }
}
