using System.Collections.Immutable;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Tests;

internal sealed class TestHandler(
    string callable,
    Func<StepContext, StepOutcome, ValueTask> run,
    string? method = null,
    HandlerKind kind = HandlerKind.Step,
    bool needsScope = false) : HandlerAdapter(callable, method, kind, needsScope)
{
    public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome) => run(context, outcome);
}

internal sealed class TestRegistry(params HandlerAdapter[] handlers) : HandlerRegistry
{
    public override ImmutableArray<HandlerAdapter> Handlers { get; } = [.. handlers];

    public override ImmutableArray<TaskTemplate> Templates => [];
}
