using Tasker.Generators.Analyzers;

namespace Tasker.Generators.CodeFixes.Tests;

public sealed class CancellationFixTests
{
    private const string Client = """
        public interface IClient
        {
            Task<int> Get(string key);
            Task<int> Get(string key, CancellationToken token);
            ValueTask Send(int item, bool fast = false, CancellationToken token = default);
            ValueTask Plain(int x);
        }

        """;

    [Theory]
    [InlineData("[FromServices] IClient c", "await c.Get(\"a\");", "[FromServices] IClient c, CancellationToken cancellationToken", "await c.Get(\"a\", cancellationToken);")]
    [InlineData("[FromServices] IClient c", "await c.Send(1); await c.Plain(1);", "[FromServices] IClient c, CancellationToken cancellationToken", "await c.Send(1, token: cancellationToken); await c.Plain(1);")]
    [InlineData("[FromServices] IClient c", "await c.Send(1, true);", "[FromServices] IClient c, CancellationToken cancellationToken", "await c.Send(1, true, cancellationToken);")]
    [InlineData("[FromServices] IClient c", "await c.Send(item: await c.Get(\"a\"));", "[FromServices] IClient c, CancellationToken cancellationToken", "await c.Send(item: await c.Get(\"a\", cancellationToken), token: cancellationToken);")]
    [InlineData("", "await Task.Delay(1);", "CancellationToken cancellationToken", "await Task.Delay(1, cancellationToken);")]
    [InlineData("[FromInput] int n = 3", "await Task.Delay(n);", "[FromInput] int n = 3, CancellationToken cancellationToken = default", "await Task.Delay(n, cancellationToken);")]
    [InlineData("[FromInput] int n", "await Task.Delay(n); await F(); static async Task F() => await Task.Delay(1);", "[FromInput] int n, CancellationToken cancellationToken", "await Task.Delay(n, cancellationToken); await F(); static async Task F() => await Task.Delay(1);")]
    [InlineData("\n        [FromInput] int n,\n        [FromServices] IClient c", "await Task.Delay(n);", "\n        [FromInput] int n,\n        [FromServices] IClient c,\n        CancellationToken cancellationToken", "await Task.Delay(n, cancellationToken);")]
    public async Task A_handler_without_a_token_gets_one_and_passes_it_on(string parameters, string body, string fixedParameters, string fixedBody) =>
        await Fixing.AssertSourceAsync(
            new TaskerSafetyAnalyzer(),
            new CancellationFix(),
            "Add a CancellationToken and pass it on",
            Handler(parameters, body),
            Handler(fixedParameters, fixedBody));

    [Fact]
    public async Task A_token_that_is_not_used_is_passed_on() =>
        await Fixing.AssertSourceAsync(
            new TaskerSafetyAnalyzer(),
            new CancellationFix(),
            "Pass 'ct' on",
            Handler("[FromServices] IClient c, CancellationToken ct", "await c.Get(\"a\");"),
            Handler("[FromServices] IClient c, CancellationToken ct", "await c.Get(\"a\", ct);"));

    [Fact]
    public async Task The_token_s_type_is_written_as_the_file_needs_it()
    {
        using var host = new FixHost(
            new TaskerSafetyAnalyzer(),
            new CancellationFix(),
            "using System.Threading.Tasks; public static class C { [Tasker.StepHandler(\"a\")] public static async Task A() => await Task.Delay(1); }");
        await host.ApplyAsync();

        Assert.Equal(
            "using System.Threading.Tasks; public static class C { [Tasker.StepHandler(\"a\")] public static async Task A(System.Threading.CancellationToken cancellationToken) => await Task.Delay(1, cancellationToken); }",
            await host.SourceAsync());
    }

    [Fact]
    public async Task All_handlers_can_be_mended_at_once() =>
        await Fixing.AssertSourceAsync(
            new TaskerSafetyAnalyzer(),
            new CancellationFix(),
            "Add a CancellationToken and pass it on",
            "public static class C { [StepHandler(\"a\")] public static async Task A() => await Task.Delay(1); [StepHandler(\"b\")] public static Task B() => Task.Delay(2); }",
            "public static class C { [StepHandler(\"a\")] public static async Task A(CancellationToken cancellationToken) => await Task.Delay(1, cancellationToken); [StepHandler(\"b\")] public static Task B(CancellationToken cancellationToken) => Task.Delay(2, cancellationToken); }",
            all: true);

    [Theory]
    [InlineData("CancellationToken ct", "await Task.Yield();")]
    [InlineData("[FromInput] int cancellationToken", "await Task.Delay(1);")]
    [InlineData("", "await F(); static async Task F() => await Task.Delay(1);")]
    public async Task What_needs_a_decision_is_left_alone(string parameters, string body) =>
        await Fixing.AssertNothingOfferedAsync(new TaskerSafetyAnalyzer(), new CancellationFix(), Handler(parameters, body));

    private static string Handler(string parameters, string body) =>
        Client + "public static class C { [StepHandler(\"a\")] public static async Task A(" + parameters + ") { " + body + " } }";
}
