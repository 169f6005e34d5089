using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Analyzers;

/// <summary>Why a handler is skipped, at its place; the text between the markers <c>⟦⟧</c> is where each diagnostic is.</summary>
public sealed class HandlerAnalyzerTests
{
    [Fact]
    public async Task Valid_handlers_have_no_diagnostic() => Assert.Empty(await Analyze(Samples.Handlers));

    [Theory]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A(int ⟦count⟧) { }", "The parameter 'count' of handler 'C.A' cannot be bound: 'int' is not a whole task context; add [FromInput], [FromStep], [FromConfig] or [FromServices]")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A(IDisposable ⟦service⟧) { }", "The parameter 'service' of handler 'C.A' cannot be bound: 'IDisposable' is no data type; add [FromServices] when it is a service")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A([FromInput] ref int ⟦count⟧) { }", "The parameter 'count' of handler 'C.A' cannot be bound: a ref or out parameter has no value to start from; take it by value")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A([FromInput] ReadOnlySpan<byte> ⟦bytes⟧) { }", null)]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A([FromInput] ref readonly int ⟦x⟧) { }", "The parameter 'x' of handler 'C.A' cannot be bound: a ref or out parameter has no value to start from; take it by value")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A([FromInput, FromConfig] int ⟦count⟧) { }", "The parameter 'count' of handler 'C.A' cannot be bound: it has two binding attributes; keep one of them")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A([FromServices, Microsoft.Extensions.DependencyInjection.FromKeyedServices(1)] Version ⟦v⟧) { }", null)]
    [InlineData("TSKR0001", "private enum K { A } [StepHandler(\"a\")] public static void A([Microsoft.Extensions.DependencyInjection.FromKeyedServices(K.A)] Version ⟦v⟧) { }", "The parameter 'v' of handler 'C.A' cannot be bound: its service key is no constant that generated code can name; use text, a number or a public or internal enum or type")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A([Microsoft.Extensions.DependencyInjection.FromKeyedServices(new[] { 1 })] Version ⟦v⟧) { }", null)]
    [InlineData("TSKR0001", "private class K; [StepHandler(\"a\")] public static void A([Microsoft.Extensions.DependencyInjection.FromKeyedServices(typeof(List<K>))] Version ⟦v⟧) { }", null)]
    [InlineData("TSKR0002", "[StepHandler(\"a\")] public static void A() { } [⟦StepHandler(\"a\", Method = \"call\")⟧] public static void B() { }", "The callable 'a' is already that of 'C.A'; give one of the two another name, or tell them apart with the attribute's Method")]
    [InlineData("TSKR0003", "[StepHandler(\"a\")] private static void ⟦A⟧() { }", "Generated code cannot reach handler 'C.A' because it is private; make it internal or public")]
    [InlineData("TSKR0003", "private static class D { [StepHandler(\"a\")] public static void ⟦A⟧() { } }", "Generated code cannot reach handler 'C.D.A' because 'C.D' is private; make it internal or public")]
    [InlineData("TSKR0003", "public interface I { [StepHandler(\"a\")] static abstract void ⟦A⟧(); }", "Generated code cannot reach handler 'C.I.A' because it is static and abstract; make a handler of the method that implements it")]
    [InlineData("TSKR0003", "public interface I { int A(); } public class D : I { [StepHandler(\"a\")] int I.⟦A⟧() => 1; }", "Generated code cannot reach handler 'C.D.C.I.A' because it is not an ordinary method; make it one")]
    [InlineData("TSKR0003", "[StepHandler(\"a\"), Obsolete(\"b\", true)] public static void ⟦A⟧() { }", "Generated code cannot reach handler 'C.A' because it is marked obsolete as an error; let it warn only, or remove the handler")]
    [InlineData("TSKR0003", "[Obsolete(\"b\", true)] public static class D { [StepHandler(\"a\")] public static void ⟦A⟧() { } }", "Generated code cannot reach handler 'C.D.A' because 'D' is marked obsolete as an error; let it warn only, or remove the handler")]
    [InlineData("TSKR0003", "public static void B() { [StepHandler(\"a\")] static int ⟦A⟧() => 1; A(); }", "Generated code cannot reach handler 'C.A' because it is a local function; make it a method")]
    [InlineData("TSKR0003", "public static void B() { Action a = [StepHandler(\"a\")] () ⟦=>⟧ { }; a(); }", "Generated code cannot reach handler 'C.(lambda)' because it is a lambda expression; make it a method")]
    [InlineData("TSKR0003", "extension(string s) { [StepHandler(\"a\")] public int ⟦A⟧() => s.Length; }", "Generated code cannot reach handler 'C.A' because it is in an extension block; make it a method of the class, with 'this' before its first parameter if need be")]
    [InlineData("TSKR0003", "extension(string) { [StepHandler(\"a\")] public static int ⟦A⟧() => 1; }", null)]
    [InlineData("TSKR0003", "public interface I { [StepHandler(\"a\")] static virtual int ⟦A⟧() => 1; }", "Generated code cannot reach handler 'C.I.A' because it is static and virtual; make a handler of the method that implements it")]
    [InlineData("TSKR0003", "[StepHandler(\"a\")] public static int ⟦A⟧(__arglist) => 1;", "Generated code cannot reach handler 'C.A' because it is a method with __arglist; take an array")]
    [InlineData("TSKR0003", "[StepHandler(\"a\"), System.Diagnostics.Conditional(\"X\")] public static void ⟦A⟧() { }", "Generated code cannot reach handler 'C.A' because it is marked [Conditional], which may leave out the call; remove that attribute")]
    [InlineData("TSKR0004", "[StepHandler(\"a\")] public static void ⟦A⟧<T>() { }", "Handler 'C.A' has type parameters, and a template cannot say what they are; make the method and its containing types non-generic")]
    [InlineData("TSKR0004", "[StepHandler(\"a\")] public static T ⟦A⟧<T>(T t) => t;", null)]
    [InlineData("TSKR0004", "public static class D<T> { [StepHandler(\"a\")] public static void ⟦A⟧() { } }", null)]
    [InlineData("TSKR0005", "[StepHandler(\"a\")] public static async void ⟦A⟧() => await Task.Yield();", "Handler 'C.A' is async void, so nobody can wait for it or see its exception; return Task or ValueTask")]
    [InlineData("TSKR0006", "[Decision(\"a\")] public static int ⟦A⟧() => 1;", "Handler 'C.A' has [Decision] but returns 'int'; return Decision or Decision<T>")]
    [InlineData("TSKR0006", "[BatchAnalyzer(\"a\", WorkerTemplate = \"w\")] public static void ⟦A⟧() { }", "Handler 'C.A' has [BatchAnalyzer] but returns 'void'; return BatchPlan or BatchPlan<T>")]
    [InlineData("TSKR0006", "[BatchWorker(\"a\")] public static Task<Decision> ⟦A⟧() => null!;", "Handler 'C.A' has [BatchWorker] but returns 'Task<Decision>'; return BatchResult or BatchResult<T>")]
    [InlineData("TSKR0006", "[StepHandler(\"a\")] public static Decision ⟦A⟧() => null!;", "Handler 'C.A' has [StepHandler] but returns 'Decision'; use [Decision]")]
    [InlineData("TSKR0007", "public abstract class D { [StepHandler(\"a\")] public void ⟦A⟧() { } }", "Handler 'C.D.A' is an instance method, but 'C.D' cannot be constructed: it is abstract; mend that, or make the method static")]
    [InlineData("TSKR0007", "public class D { private D() { } [StepHandler(\"a\")] public void ⟦A⟧() { } }", null)]
    [InlineData("TSKR0007", "public class D { public required int X { get; set; } [StepHandler(\"a\")] public void ⟦A⟧() { } }", null)]
    [InlineData("TSKR0007", "private enum K { A } public class D([Microsoft.Extensions.DependencyInjection.FromKeyedServices(K.A)] Version v) { [StepHandler(\"a\")] public void ⟦A⟧() { _ = v; } }", null)]
    [InlineData("TSKR0007", "public struct D { [StepHandler(\"a\")] public void ⟦A⟧() { } }", null)]
    [InlineData("TSKR0008", "[⟦StepHandler(\" \")⟧] public static void A() { }", "The callable of handler 'C.A' is empty; give the name that templates refer to")]
    [InlineData("TSKR0012", "[⟦ApiHandler(\"a\")⟧] public static void A([FromInput] int x) { }", "Handler 'C.A' has [ApiHandler] but no ApiClient parameter, so what the attribute says has no effect; add the parameter or use [StepHandler]")]
    [InlineData("TSKR2004", "[ApiHandler(\"a\", BaseAddress = ⟦\"rates.example\"⟧)] public static void A(Tasker.Http.ApiClient api) { }", "'BaseAddress' in the [ApiHandler] of 'C.A' must be an absolute http or https address, such as https://rates.example/v1, not 'rates.example'")]
    [InlineData("TSKR2004", "[ApiHandler(\"a\", BaseAddress = ⟦\"ftp://rates.example\"⟧)] public static void A(Tasker.Http.ApiClient api) { }", null)]
    [InlineData("TSKR2004", "[ApiHandler(\"a\", BaseAddress = ⟦\"https://u:p@rates.example\"⟧)] public static void A(Tasker.Http.ApiClient api) { }", null)]
    [InlineData("TSKR2004", "[ApiHandler(\"a\", CallTimeoutSeconds = ⟦0⟧)] public static void A(Tasker.Http.ApiClient api) { }", "'CallTimeoutSeconds' in the [ApiHandler] of 'C.A' must be an integer from 1 to 2147483647, not 0")]
    [InlineData("TSKR0006", "[ApiHandler(\"a\")] public static Decision ⟦A⟧(Tasker.Http.ApiClient api) => null!;", "Handler 'C.A' has [ApiHandler] but returns 'Decision'; use [Decision]")]
    [InlineData("TSKR3001", "[StepHandler(\"a\")] public static void A(Tasker.Json.JsonCodec<object> ⟦codec⟧) { }", null)]
    [InlineData("TSKR3001", "[StepHandler(\"a\")] public static object ⟦A⟧() => 1;", "The result of handler 'C.A' cannot be written as JSON: its type is 'object'. Nobody knows what it holds. Use JsonElement, or a type of its own.")]
    [InlineData("TSKR0001", "[StepHandler(\"a\")] public static void A(object ⟦x⟧) { }", "The parameter 'x' of handler 'C.A' cannot be bound: it has no binding attribute and its type is 'object'. Nobody knows what it holds. Use JsonElement, or a type of its own; add [FromInput], [FromStep], [FromConfig] or [FromServices]")]
    [InlineData("TSKR3001", "public record R(object Thing); [StepHandler(\"a\")] public static void A([FromStep] R ⟦r⟧) { }", null)]
    [InlineData("TSKR3001", "[Decision(\"a\")] public static Decision<int> ⟦A⟧() => null!;", null)]
    public async Task What_cannot_be_called_is_explained_in_its_place(string id, string members, string? message)
    {
        var start = members.IndexOf('⟦', StringComparison.Ordinal);
        var end = members.IndexOf('⟧', StringComparison.Ordinal) - 1;
        var source = "public static class C { " + members.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal) + " }";

        var diagnostic = Assert.Single(await Analyze(source));

        Assert.Equal(id, diagnostic.Id);
        var offset = GeneratorHost.Usings.Length + "public static class C { ".Length;
        Assert.Equal((start + offset, end + offset), (diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.End));
        if (message is not null)
            Assert.Equal(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("StepHandler(\"a\"), Decision(\"a\")")]
    [InlineData("Decision(\"a\"), StepHandler(\"a\")")]
    public async Task Of_two_attributes_that_give_a_method_one_callable_one_has_to_go(string attributes)
    {
        var messages = (await Analyze($"public static class C {{ [{attributes}] public static Decision A() => Decision.Skip(\"b\"); }}"))
            .Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(
            ["Handler 'C.A' has [StepHandler] but returns 'Decision'; use [Decision]", "The callable 'a' is already that of this method by another attribute; remove one of the two"],
            messages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_member_that_cannot_be_written_is_named()
    {
        var diagnostic = Assert.Single(await Analyze("""
            public record Line(object Price);
            public record Order(List<Line> Lines);
            public static class C { [StepHandler("a")] public static Order A() => null!; }
            """));

        Assert.Contains("'Order.Lines[].Price'", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[StepHandler(\"a\")] public static void A(Missing x) { }")]
    [InlineData("[StepHandler(Missing.Name)] public static void A() { }")]
    [InlineData("[StepHandler(\"a\")] public static Missing A() => null!;")]
    public async Task What_the_compiler_reports_is_not_reported_twice(string member) =>
        Assert.Empty(await Analyze($"public static class C {{ {member} }}"));

    [Theory]
    [InlineData("[StepHandler(\"a\")] public static partial int A([FromInput] int x);", "public static partial int A(int x) => x;")]
    [InlineData("public static partial int A([FromInput] int x);", "[StepHandler(\"a\")] public static partial int A(int x) => x;")]
    public async Task The_parts_of_a_partial_method_are_one_handler(string definition, string implementation)
    {
        var source = $"public static partial class C {{ {definition} }} public static partial class C {{ {implementation} }}";
        Assert.Empty(await Analyze(source));

        var host = new GeneratorHost(source);
        var run = host.RunTwice();
        Assert.Empty(host.Problems());
        Assert.Single(run.GeneratedSources, written => written.HintName.StartsWith("Tasker.Handlers.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mistake_in_a_partial_method_is_reported_once() =>
        Assert.Single(await Analyze("public static partial class C { [StepHandler(\"a\")] private static partial void A(); } public static partial class C { private static partial void A() { } }"));

    [Fact]
    public async Task A_pragma_silences_a_rule() =>
        Assert.Empty(await Analyze("""
            public static class C
            {
            #pragma warning disable TSKR0005
                [StepHandler("a")] public static async void A() => await Task.Yield();
            #pragma warning restore TSKR0005
            }
            """));

    [Fact]
    public void The_generator_skips_what_the_analyzer_explains()
    {
        var host = new GeneratorHost("""
            public static class C
            {
                [StepHandler("bad")] private static void Bad() { }
                [StepHandler("good")] public static void Good() { }
                [StepHandler("good")] public static void Again() { }
            }
            """);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        var registry = GeneratorHost.Source(run, "Tasker.Registry.g.cs");
        Assert.Contains("C_Good,", registry, StringComparison.Ordinal);
        Assert.DoesNotContain("C_Bad", registry, StringComparison.Ordinal);
        Assert.DoesNotContain("C_Again", registry, StringComparison.Ordinal);
    }

    private static async Task<ImmutableArray<Diagnostic>> Analyze(string source)
    {
        var compilation = new GeneratorHost(source).Compilation.WithAnalyzers([new TaskerHandlerAnalyzer()]);
        return await compilation.GetAnalyzerDiagnosticsAsync(CancellationToken.None);
    }
}
