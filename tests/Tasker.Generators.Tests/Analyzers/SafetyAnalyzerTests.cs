using Microsoft.CodeAnalysis;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Analyzers;

/// <summary>Handlers that hold a thread or cannot be stopped; each diagnostic is between the markers <c>⟦⟧</c>.</summary>
public sealed class SafetyAnalyzerTests
{
    private const string Client = """
        public interface IClient
        {
            Task<int> Get(string key);
            Task<int> Get(string key, CancellationToken token);
            ValueTask Send<T>(T item, bool fast = false, CancellationToken token = default);
            ValueTask Plain(int x);
            IAsyncEnumerable<int> All(CancellationToken token = default);
            int Count(CancellationToken token = default);
        }

        """;

    [Theory]
    [InlineData("[StepHandler(\"a\")] public static void A() { ⟦Thread.Sleep(1)⟧; }", "'Thread.Sleep' in 'C.A' holds a thread of the worker while it waits; await Task.Delay with the handler's CancellationToken")]
    [InlineData("[StepHandler(\"a\")] public static void A([FromServices] IClient c) { ⟦c.Get(\"\").Wait()⟧; }", "'Task.Wait' in 'C.A' holds a thread of the worker while it waits; await the task")]
    [InlineData("[StepHandler(\"a\")] public static void A([FromServices] IClient c) => ⟦Task.WaitAll(c.Get(\"\"), c.Get(\"\"))⟧;", "'Task.WaitAll' in 'C.A' holds a thread of the worker while it waits; await Task.WhenAll")]
    [InlineData("[StepHandler(\"a\")] public static void A([FromServices] IClient c) => ⟦Task.WaitAny(c.Get(\"\"))⟧;", "'Task.WaitAny' in 'C.A' holds a thread of the worker while it waits; await Task.WhenAny")]
    [InlineData("[StepHandler(\"a\")] public static int A([FromServices] IClient c) => ⟦c.Get(\"\").Result⟧;", "'Task.Result' in 'C.A' holds a thread of the worker while it waits; await the task")]
    [InlineData("[BatchWorker(\"a\")] public static BatchResult A(BatchContext b) { ValueTask<BatchResult> x = default; return ⟦x.Result⟧; }", "'ValueTask.Result' in 'C.A' holds a thread of the worker while it waits; await the task")]
    [InlineData("[Decision(\"a\")] public static Decision A([FromServices] IClient c) { ⟦c.Plain(1).GetAwaiter().GetResult()⟧; return null!; }", "'GetAwaiter().GetResult()' in 'C.A' holds a thread of the worker while it waits; await the task")]
    [InlineData("[StepHandler(\"a\")] public static int A([FromServices] IClient c) => ⟦c.Get(\"\").ConfigureAwait(false).GetAwaiter().GetResult()⟧;", null)]
    [InlineData("[StepHandler(\"a\")] public static void A() { Action later = () => ⟦Thread.Sleep(1)⟧; later(); void Local() => ⟦Thread.Sleep(2)⟧; Local(); }", null)]
    [InlineData("[StepHandler(\"a\")] public static void A() => B(); private static void B() => C1(); internal static void C1() { ⟦Thread.Sleep(1)⟧; A(); }", "'Thread.Sleep' in 'C.C1' holds a thread of the worker while it waits; await Task.Delay with the handler's CancellationToken")]
    [InlineData("[StepHandler(\"a\")] public static void A() => B(); [StepHandler(\"b\")] internal static void B() => ⟦Thread.Sleep(1)⟧;", null)]
    [InlineData("[StepHandler(\"a\")] public static void A() => B<int>(); static void B<T>() { ⟦Thread.Sleep(1)⟧; B<string>(); }", null)]
    [InlineData("public static class D { [StepHandler(\"a\")] public static void A() => ⟦Thread.Sleep(1)⟧; }", null)]
    public async Task What_blocks_is_reported_in_its_place(string members, string? message)
    {
        var diagnostics = await Marked.AnalyzeAsync(new TaskerSafetyAnalyzer(), Client + "public static class C { " + members + " }");

        Assert.All(diagnostics, diagnostic => Assert.Equal(RuleIds.BlockingCall, diagnostic.Id));
        if (message is not null)
            Assert.Equal(message, Assert.Single(diagnostics).Message());
    }

    [Theory]
    [InlineData("[StepHandler(\"a\")] public static async Task A([FromServices] IClient c, CancellationToken ⟦token⟧) => await c.Get(\"\");", "Handler 'C.A' cannot be stopped by its timeout or by a shutdown: its parameter 'token' is never used; pass it to the calls that take one")]
    [InlineData("[StepHandler(\"a\")] public static void A(CancellationToken ⟦token⟧) { }", null)]
    [InlineData("[StepHandler(\"a\")] public static async Task ⟦A⟧([FromServices] IClient c) => await c.Get(\"\");", "Handler 'C.A' cannot be stopped by its timeout or by a shutdown: 'Get' could be told to stop; take a CancellationToken parameter and pass it on")]
    [InlineData("[StepHandler(\"a\")] public static Task<int> ⟦A⟧([FromServices] IClient c) => c.Get(\"\");", null)]
    [InlineData("[StepHandler(\"a\")] public static async ValueTask ⟦A⟧([FromServices] IClient c) { await c.Plain(1); await c.Send(\"\"); await c.Get(\"\"); }", "Handler 'C.A' cannot be stopped by its timeout or by a shutdown: 'Send' could be told to stop; take a CancellationToken parameter and pass it on")]
    [InlineData("[StepHandler(\"a\")] public static async Task ⟦A⟧([FromServices] IClient c) { await foreach (var x in c.All()) { } }", null)]
    [InlineData("[BatchWorker(\"a\")] public static async Task<BatchResult> ⟦A⟧(BatchContext b) { for (var i = 0; i < 3; i++) await Task.Delay(1); return null!; }", null)]
    [InlineData("[StepHandler(\"a\")] public static async Task ⟦A⟧([FromServices] IClient c) { await Task.WhenAll(F()); async Task F() => await c.Get(\"\"); }", null)]
    [InlineData("[StepHandler(\"a\")] public static async Task A(CancellationToken ⟦token⟧) => await Parallel.ForEachAsync(new[] { 1 }, async (x, t) => await Task.Delay(x, t));", null)]
    public async Task What_cannot_be_stopped_is_reported_in_its_place(string members, string? message)
    {
        var diagnostic = Assert.Single(await Marked.AnalyzeAsync(new TaskerSafetyAnalyzer(), Client + "public static class C { " + members + " }"));

        Assert.Equal(RuleIds.IgnoredCancellation, diagnostic.Id);
        if (message is not null)
            Assert.Equal(message, diagnostic.Message());
    }

    [Theory]
    [InlineData("[ApiHandler(\"a\")] public static Task<int> A(Tasker.Http.ApiClient api, Tasker.Json.JsonCodec<int> number) => Tasker.Http.ApiClientVerbs.GetAsync(api, \"a\", number);")]
    [InlineData("[StepHandler(\"a\")] public static int A() => 1;")]
    [InlineData("[StepHandler(\"a\")] public static int A([FromServices] IClient c) => c.Count();")]
    [InlineData("[StepHandler(\"a\")] public static Task<int> A() => Task.FromResult(1);")]
    [InlineData("[StepHandler(\"a\")] public static async Task A() => await Task.Yield();")]
    [InlineData("[StepHandler(\"a\")] public static async Task A([FromServices] IClient c) => await c.Plain(1);")]
    [InlineData("[StepHandler(\"a\")] public static void A(CancellationToken _) { }")]
    [InlineData("[StepHandler(\"a\")] public static async Task A([FromServices] IClient c) => await c.Get(\"\", CancellationToken.None);")]
    [InlineData("[StepHandler(\"a\")] public static async Task A([FromServices] IClient c, CancellationToken token) => await c.Get(\"\", token);")]
    [InlineData("[StepHandler(\"a\")] public static async Task A([FromServices] IClient c, StepContext s) { await c.Get(\"\", s.CancellationToken); await c.Send(1); }")]
    [InlineData("[StepHandler(\"a\")] public static void A(CancellationToken token) { while (true) { if (token.IsCancellationRequested) return; } }")]
    [InlineData("[StepHandler(\"a\")] public static async Task A(CancellationToken token) { await B(); async Task B() => await Task.Delay(1, token); }")]
    [InlineData("public static void NoHandler() => Thread.Sleep(1); [StepHandler(\"a\")] public static void A() => NoHandler();")]
    [InlineData("public static async Task NoHandler(IClient c, CancellationToken token) => await c.Get(\"\"); [StepHandler(\"a\")] public static void A() { }")]
    [InlineData("private static void Unused() => Thread.Sleep(1); [StepHandler(\"a\")] public static void A() { }")]
    [InlineData("public static class D { internal static void Sleep() => Thread.Sleep(1); } [StepHandler(\"a\")] public static void A() => D.Sleep();")]
    [InlineData("public class T { public int Result => 1; public void Wait() { } } [StepHandler(\"a\")] public static int A([FromServices] T t) { t.Wait(); return t.Result; }")]
    public async Task What_is_safe_has_no_diagnostic(string members) =>
        Assert.Empty(await Marked.RunAsync(new TaskerSafetyAnalyzer(), Client + "public static class C { " + members + " }"));

    [Theory]
    [InlineData("", " + x", "")]
    [InlineData("", ".CompareTo(1)", "")]
    [InlineData("F(", "", ")")]
    [InlineData("x > 1 ? x : ", "", "")]
    public async Task A_very_deep_body_is_looked_at(string before, string between, string after)
    {
        static string Many(string text) => string.Concat(Enumerable.Repeat(text, 2_000));

        var diagnostics = await Marked.AnalyzeAsync(new TaskerSafetyAnalyzer(), $$"""
            public static class C
            {
                static int F(int x) => x;

                [StepHandler("a")]
                public static int A([FromInput] int x)
                {
                    ⟦Thread.Sleep(1)⟧;
                    return {{Many(before)}}x{{Many(between)}}{{Many(after)}};
                }
            }
            """);

        Assert.Equal(RuleIds.BlockingCall, Assert.Single(diagnostics).Id);
    }

    [Fact]
    public async Task Both_parts_of_a_partial_handler_are_one() =>
        await Marked.AnalyzeAsync(new TaskerSafetyAnalyzer(), """
            public static partial class C { [StepHandler("a")] public static partial void A(CancellationToken token); }
            public static partial class C { public static partial void A(CancellationToken ⟦token⟧) { ⟦Thread.Sleep(1)⟧; } }
            """);

    [Fact]
    public async Task A_pragma_silences_a_rule() =>
        Assert.Empty(await Marked.RunAsync(new TaskerSafetyAnalyzer(), """
            public static class C
            {
            #pragma warning disable TSKR4001
                [StepHandler("a")] public static void A() => Thread.Sleep(1);
            #pragma warning restore TSKR4001
            }
            """));

    [Theory]
    [InlineData(ReportDiagnostic.Error, DiagnosticSeverity.Error)]
    [InlineData(ReportDiagnostic.Info, DiagnosticSeverity.Info)]
    [InlineData(ReportDiagnostic.Suppress, null)]
    public async Task An_editorconfig_decides_how_severe_a_rule_is(ReportDiagnostic configured, DiagnosticSeverity? expected)
    {
        var diagnostics = await Marked.RunAsync(
            new TaskerSafetyAnalyzer(),
            "public static class C { [StepHandler(\"a\")] public static void A() => Thread.Sleep(1); }",
            new Severities(tree: new() { [RuleIds.BlockingCall] = configured }));

        Assert.Equal(expected is null ? [] : [expected.Value], diagnostics.Select(diagnostic => diagnostic.Severity));
    }
}
