using Tasker.Generators.Analyzers;

namespace Tasker.Generators.CodeFixes.Tests;

/// <summary>Handlers that a template needs and nobody has written.</summary>
public sealed class HandlerStubFixTests
{
    [Fact]
    public async Task Each_type_of_step_gets_a_handler_of_its_own() =>
        await Fixing.AssertSourceAsync(
            new TaskerGraphAnalyzer(),
            new HandlerStubFix(),
            "Add the missing handlers of 'shop'",
            """

            namespace Shop;

            public sealed record Loaded(int Count);

            public sealed record Total(int Sum);

            public static class Steps
            {
                [StepHandler("load")]
                public static Task<Loaded> Load([FromInput] int count) => Task.FromResult(new Loaded(count));

                [StepHandler("log")]
                public static void Log([FromStep] Total sum)
                {
                }
            }

            """,
            """

            namespace Shop;

            public sealed record Loaded(int Count);

            public sealed record Total(int Sum);

            public static class Steps
            {
                [StepHandler("load")]
                public static Task<Loaded> Load([FromInput] int count) => Task.FromResult(new Loaded(count));

                [StepHandler("log")]
                public static void Log([FromStep] Total sum)
                {
                }

                [Decision("decide")]
                public static Decision Decide([FromStep] Loaded load)
                {
                    throw new NotImplementedException();
                }

                [StepHandler("auto.approve")]
                public static System.Text.Json.JsonElement AutoApprove()
                {
                    throw new NotImplementedException();
                }

                [StepHandler("right")]
                public static System.Text.Json.JsonElement Right()
                {
                    throw new NotImplementedException();
                }

                [StepHandler("join", Method = "all")]
                public static System.Text.Json.JsonElement JoinAll([FromStep] Loaded load, [FromStep("left-2")] System.Text.Json.JsonElement? left2, [FromStep] System.Text.Json.JsonElement? right)
                {
                    throw new NotImplementedException();
                }

                [BatchAnalyzer("plan", WorkerTemplate = "work")]
                public static BatchPlan Plan()
                {
                    throw new NotImplementedException();
                }

                [BatchWorker("work")]
                public static BatchResult Work(BatchContext batch)
                {
                    throw new NotImplementedException();
                }

                [StepHandler("sum")]
                public static Total Sum([FromStep] BatchResults<System.Text.Json.JsonElement> work)
                {
                    throw new NotImplementedException();
                }
            }

            """,
            """
            name: shop
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: load, handler: { callable: load } }
              - { name: decide, type: decision, dependencies: [load], handler: { callable: decide } }
              - { name: left-2, dependencies: [decide], handler: { callable: auto.approve } }
              - { name: right, dependencies: [decide], handler: { callable: right } }
              - { name: join, type: deferred_convergence, dependencies: [load, left-2, right], handler: { callable: join, method: all } }
              - { name: plan, type: batchable, handler: { callable: plan } }
              - name: work
                type: batch_worker
                dependencies: [plan]
                handler: { callable: work }
                batch_config: { batch_size: 1, parallelism: 1, cursor_field: row, worker_template: work, failure_strategy: isolate }
              - { name: sum, type: deferred_convergence, dependencies: [work], handler: { callable: sum } }
              - { name: log, dependencies: [sum], handler: { callable: log } }
              - { name: python, handler: { callable: python, resolver: python } }
            """);

    [Fact]
    public async Task A_stub_is_what_its_class_is_and_takes_a_free_name() =>
        await Fixing.AssertSourceAsync(
            new TaskerGraphAnalyzer(),
            new HandlerStubFix(),
            "Add the missing handlers of 'shop'",
            """
            public sealed class Steps
            {
                [StepHandler("first")]
                public ValueTask<StepResult<int>> Then() => default;
            }
            """,
            """
            public sealed class Steps
            {
                [StepHandler("first")]
                public ValueTask<StepResult<int>> Then() => default;

                [StepHandler("then")]
                public System.Text.Json.JsonElement Then2([FromStep] int @class)
                {
                    throw new NotImplementedException();
                }
            }
            """,
            """
            name: shop
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: class, handler: { callable: first } }
              - { name: second, dependencies: [class], handler: { callable: then } }
            """);

    [Fact]
    public async Task What_a_stub_reads_and_returns_has_the_types_of_handlers_in_a_library_too()
    {
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new HandlerStubFix(),
            Fixing.Usings + """
            public static class Steps
            {
                [StepHandler("own")] public static void Own() { }
            }
            """,
            """
            name: shop
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: load, handler: { callable: load } }
              - { name: tell, handler: { callable: tell } }
              - { name: decide, type: decision, dependencies: [load], handler: { callable: decide } }
              - { name: count, dependencies: [decide], handler: { callable: count } }
              - { name: name, dependencies: [decide], handler: { callable: name } }
              - { name: hidden, handler: { callable: hidden } }
              - { name: here, type: deferred_convergence, dependencies: [load, tell, count, name, hidden], handler: { callable: here } }
              - { name: report, dependencies: [here], handler: { callable: report } }
              - { name: own, handler: { callable: own } }
            """,
            library: """
            using System.Threading.Tasks;
            using Tasker;
            [assembly: Tasker.Handlers.HandlerManifest("load", "tell", "decide", "count", "name", "hidden", "report")]
            namespace Far;
            public sealed record Loaded(int Count);
            public readonly record struct Total(int Sum);
            internal sealed record Hidden(int Count);
            public static class Steps
            {
                [StepHandler("load")] public static async Task<StepResult<Loaded>> Load() { await Task.Yield(); return new Loaded(1); }
                [StepHandler("tell")] public static void Tell() { }
                [Decision("decide")] public static Decision Decide() => Decision.Route("count");
                [StepHandler("count")] public static int Count() => 1;
                [StepHandler("name")] public static string Name() => "";
                [StepHandler("hidden")] internal static Hidden Hide() => null;
                [StepHandler("report")] public static void Report([FromStep] Total? here) { }
            }
            """);

        await host.ApplyAsync();

        Assert.Equal(
            Fixing.Usings + """
            public static class Steps
            {
                [StepHandler("own")] public static void Own() { }

                [StepHandler("here")]
                public static Far.Total Here([FromStep] Far.Loaded load, [FromStep] int? count, [FromStep] string? name, [FromStep] System.Text.Json.JsonElement hidden)
                {
                    throw new NotImplementedException();
                }
            }
            """,
            await host.SourceAsync());
        Assert.Empty(await host.ProblemsAsync());
        Assert.Empty(await host.DiagnosticsAsync());
    }

    [Fact]
    public async Task A_stub_ends_its_lines_as_the_file_does()
    {
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new HandlerStubFix(),
            "using Tasker;\r\n\r\npublic static class Steps\r\n{\r\n    [StepHandler(\"a\")]\r\n    public static void A()\r\n    {\r\n    }\r\n}\r\n",
            """
            name: shop
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: first, handler: { callable: a } }
              - { name: second, dependencies: [first], handler: { callable: b } }
            """);

        await host.ApplyAsync();

        Assert.Equal(
            """
            using Tasker;

            public static class Steps
            {
                [StepHandler("a")]
                public static void A()
                {
                }

                [StepHandler("b")]
                public static System.Text.Json.JsonElement B()
                {
                    throw new System.NotImplementedException();
                }
            }

            """.ReplaceLineEndings("\r\n"),
            await host.SourceAsync());
    }

    [Fact]
    public async Task All_at_once_give_each_handler_to_one_class()
    {
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new HandlerStubFix(),
            Fixing.Usings + """
            public static class Sales
            {
                [StepHandler("a")] public static void A() { }
            }

            public static class Returns
            {
                [StepHandler("b")] public static void B() { }
                [StepHandler("x")] public static void X() { }
            }
            """,
            """
            name: shop
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: a, handler: { callable: a } }
              - { name: b, handler: { callable: b } }
              - { name: c, handler: { callable: c } }
            """,
            second: """
            name: second
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: x, handler: { callable: x } }
              - { name: c, handler: { callable: c } }
              - { name: d, handler: { callable: d } }
            """);
        Assert.Equal(3, (await host.DiagnosticsAsync()).Length);

        await host.ApplyAllAsync();

        Assert.Equal(
            Fixing.Usings + """
            public static class Sales
            {
                [StepHandler("a")] public static void A() { }

                [StepHandler("c")]
                public static System.Text.Json.JsonElement C()
                {
                    throw new NotImplementedException();
                }
            }

            public static class Returns
            {
                [StepHandler("b")] public static void B() { }
                [StepHandler("x")] public static void X() { }

                [StepHandler("d")]
                public static System.Text.Json.JsonElement D()
                {
                    throw new NotImplementedException();
                }
            }
            """,
            await host.SourceAsync());
        Assert.Empty(await host.DiagnosticsAsync());
    }
}
