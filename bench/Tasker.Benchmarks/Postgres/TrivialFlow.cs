using System.Collections.Immutable;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Benchmarks.Postgres;

/// <summary>One step that does nothing.</summary>
internal sealed class TrivialFlow : HandlerRegistry
{
    public const string StepName = "trivial";

    public static string Namespace => "bench_pg";

    public static string Queue => $"worker_{Namespace}_queue";

    public override ImmutableArray<HandlerAdapter> Handlers { get; } = [new Nothing()];

    public override ImmutableArray<TaskTemplate> Templates { get; } =
    [
        new TaskTemplate
        {
            Name = StepName,
            Namespace = Namespace,
            Version = "1.0.0",
            Steps = [new StepDefinition { Name = StepName, Callable = "bench_pg.trivial" }],
        },
    ];

    private sealed class Nothing() : HandlerAdapter("bench_pg.trivial", null, HandlerKind.Step, needsScope: false)
    {
        public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome)
        {
            outcome.SetNothing();
            return default;
        }
    }
}
