using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Testing;

/// <summary>An application's registry whose handlers ask the fakes first. Steps whose handler lives elsewhere get one that has nothing but its fake.</summary>
internal sealed class FakeableRegistry : HandlerRegistry
{
    public FakeableRegistry(HandlerRegistry registry, StepFakes fakes, IServiceCollection services)
    {
        Templates = registry.Templates;
        Handlers =
        [
            .. registry.Handlers.Select(handler => new FakeableHandler(handler, fakes)),
            .. Elsewhere(registry, services).Select(handler => new FakeableHandler(handler, fakes)),
        ];
    }

    public override ImmutableArray<HandlerAdapter> Handlers { get; }

    public override ImmutableArray<TaskTemplate> Templates { get; }

    private static IEnumerable<HandlerAdapter> Elsewhere(HandlerRegistry registry, IServiceCollection services)
    {
        var known = services
            .Select(service => service.ImplementationInstance)
            .OfType<HandlerRegistry>()
            .SelectMany(other => other.Handlers)
            .Select(handler => (handler.Callable, Method: handler.Method ?? "call"))
            .ToHashSet();
        return registry.Templates
            .SelectMany(template => template.Steps)
            .Where(step => known.Add((step.Callable, step.Method ?? "call")))
            .Select(step => new MissingHandler(step));
    }

    private sealed class FakeableHandler(HandlerAdapter handler, StepFakes fakes)
        : HandlerAdapter(handler.Callable, handler.Method, handler.Kind, handler.NeedsScope)
    {
        public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome) =>
            fakes.TryRun(context, outcome) ? ValueTask.CompletedTask : handler.InvokeAsync(context, outcome);
    }

    private sealed class MissingHandler(StepDefinition step)
        : HandlerAdapter(step.Callable, step.Method, step.Type is StepType.BatchWorker ? HandlerKind.BatchWorker : HandlerKind.Step, needsScope: false)
    {
        public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome) => throw new ConfigurationException(
            $"No handler of this test host has the callable '{Callable}' of step '{context.TemplateStepName}', and the step has no fake. " +
            "Add the assembly's handlers, or call Fake for the step.");
    }
}
