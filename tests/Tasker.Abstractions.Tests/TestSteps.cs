using System.Text;
using Tasker.Templates;

namespace Tasker.Tests;

/// <summary>Hand-built steps for tests.</summary>
internal static class TestSteps
{
    public static readonly StepDefinition Worker = new()
    {
        Name = "work",
        Type = StepType.BatchWorker,
        Callable = "work",
        Batch = new BatchConfiguration { CursorField = "row", WorkerTemplate = "work" },
    };

    public static readonly StepDefinition Aggregate = new() { Name = "aggregate", Callable = "aggregate", Dependencies = ["work"] };

    public static readonly TaskTemplate Template = new() { Name = "t", Namespace = "n", Version = "1", Steps = [Worker, Aggregate] };

    public static ClaimedStep Claimed(
        string input = "{}",
        string config = "{}",
        string inputs = "",
        string checkpoint = "",
        StepDefinition? definition = null,
        params AncestorResult[] ancestors) => new()
        {
            TaskId = Guid.NewGuid(),
            StepId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            Template = Template,
            Definition = definition ?? Aggregate,
            Name = (definition ?? Aggregate).Name,
            TaskContext = Utf8(input),
            Configuration = Utf8(config),
            Inputs = Utf8(inputs),
            Checkpoint = Utf8(checkpoint),
            Dependencies = StepResults.From(ancestors),
        };

    public static StepContext Context(ClaimedStep step, ICheckpointSink? checkpoints = null) =>
        new(step, EmptyServices.Instance, checkpoints ?? new RecordedCheckpoints(), CancellationToken.None);

    public static ReadOnlyMemory<byte> Utf8(string json) => Encoding.UTF8.GetBytes(json);

    private sealed class EmptyServices : IServiceProvider
    {
        public static EmptyServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}

internal sealed class RecordedCheckpoints : ICheckpointSink
{
    public List<string> Saved { get; } = [];

    public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
    {
        Saved.Add(Encoding.UTF8.GetString(checkpoint.Span));
        return ValueTask.CompletedTask;
    }
}
