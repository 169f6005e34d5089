using System.Collections.Immutable;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Benchmarks.Engine;

/// <summary>Four steps, each of which reads what the one before it returned.</summary>
[TaskTemplate("linear", Namespace = "bench", Version = "1.0.0")]
public static partial class LinearFlow
{
    [StepHandler("linear_price")]
    public static Total Price(Order order) => new(order.Id, order.Quantity * 3);

    [StepHandler("linear_discount")]
    public static Total Discount([FromStep("linear_price")] Total price) => price with { Amount = price.Amount - 1 };

    [StepHandler("linear_tax")]
    public static Total Tax([FromStep("linear_discount")] Total discount) => discount with { Amount = discount.Amount + 2 };

    [StepHandler("linear_invoice")]
    public static Total Invoice([FromStep("linear_tax")] Total tax) => tax with { Amount = tax.Amount * 2 };
}

/// <summary>An analyzer that plans many batches, and what follows.</summary>
[TaskTemplate("batches", Namespace = "bench", Version = "1.0.0")]
public static partial class BatchFlow
{
    private static long _plannedAt;
    private static long _createdAt;

    /// <summary>From the analyzer's return to the first batch that runs: by then all of them are stored.</summary>
    public static TimeSpan TimeToCreate => TimeProvider.System.GetElapsedTime(_plannedAt, Volatile.Read(ref _createdAt));

    [BatchAnalyzer("batches_plan", WorkerTemplate = "batches_work")]
    public static BatchPlan Plan(Order order)
    {
        _createdAt = 0;
        var plan = BatchPlan.ForItems(order.Quantity, 1);
        _plannedAt = TimeProvider.System.GetTimestamp();
        return plan;
    }

    [BatchWorker("batches_work")]
    public static BatchResult Work(BatchContext batch)
    {
        if (Volatile.Read(ref _createdAt) == 0)
            Interlocked.CompareExchange(ref _createdAt, TimeProvider.System.GetTimestamp(), 0);
        return BatchResult.Of(batch.Size);
    }
}

/// <summary>One step, a hundred that wait for it, and one that waits for those.</summary>
public static class FanOutSteps
{
    public const int Width = 100;

    [StepHandler("fan_begin")]
    public static Total Begin(Order order) => new(order.Id, order.Quantity);

    [StepHandler("fan_middle")]
    public static Total Middle([FromStep("begin")] Total begin) => begin with { Amount = begin.Amount + 1 };

    [StepHandler("fan_end")]
    public static Total End(StepContext context) => new(0, context.Step.Dependencies.All().Count());
}

/// <summary>The template of <see cref="FanOutSteps"/>: too regular to write down.</summary>
public sealed class FanOutFlow : HandlerRegistry
{
    public static TaskTemplate Template { get; } = new()
    {
        Name = "fan_out",
        Namespace = "bench",
        Version = "1.0.0",
        Steps =
        [
            new StepDefinition { Name = "begin", Callable = "fan_begin" },
            .. Enumerable.Range(0, FanOutSteps.Width).Select(i => new StepDefinition { Name = $"middle_{i}", Callable = "fan_middle", Dependencies = ["begin"] }),
            new StepDefinition { Name = "end", Callable = "fan_end", Dependencies = [.. Enumerable.Range(0, FanOutSteps.Width).Select(i => $"middle_{i}")] },
        ],
    };

    public override ImmutableArray<HandlerAdapter> Handlers => [];

    public override ImmutableArray<TaskTemplate> Templates => [Template];
}

/// <summary>A step that waits until it may go on.</summary>
[TaskTemplate("gated", Namespace = "bench", Version = "1.0.0")]
public static partial class GatedFlow
{
    private static readonly TaskCompletionSource Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [StepHandler("gated_wait")]
    public static async Task<Total> Wait(Order order)
    {
        await Gate.Task;
        return new Total(order.Id, order.Quantity);
    }

    [StepHandler("gated_done")]
    public static Total Done([FromStep("gated_wait")] Total total) => total;
}
