using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Benchmarks.Mediator;
using Tasker.Events;
using Tasker.Templates;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Benchmarks.Dispatch;

/// <summary>
/// One step from its claimed JSON to its result's JSON, without a work source: look the handler up, bind its record of four fields, call it, write
/// its record of four fields. Beside it the same by System.Text.Json and Mediator, and each part alone.
/// </summary>
[MemoryDiagnoser]
public class DispatchRounds : IDisposable
{
    private static readonly byte[] Input = """{"sku":7,"price":19.99,"quantity":3,"express":true}"""u8.ToArray();

    private readonly QuoteRequest _request = new(7, 19.99m, 3, true);
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly ServiceProvider _services;
    private readonly StepRunner _runner;
    private readonly StepFrame _frame;
    private readonly ClaimedStep _step;
    private readonly Utf8JsonWriter _writer;
    private readonly IMediator _mediator;

    public DispatchRounds()
    {
        var services = new ServiceCollection();
        services.AddTasker().AddHandlers();
        services.AddSingleton<IWorkSource>(new NoSource());
        _services = services.BuildServiceProvider();
        _runner = _services.GetRequiredService<StepRunner>();
        _frame = new StepFrame(_services.GetRequiredService<IWorkSource>());
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });
        _mediator = QuoteMediator.Create();
        var definition = new StepDefinition { Name = "quote", Callable = "bench_quote" };
        _step = new ClaimedStep
        {
            TaskId = Guid.NewGuid(),
            StepId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            Template = new TaskTemplate { Name = "bench", Namespace = "bench", Version = "1", Steps = [definition] },
            Definition = definition,
            Name = "quote",
            TaskContext = Input,
        };
    }

    [Benchmark(Description = "Tasker: look up, bind, call, serialize")]
    public int Tasker()
    {
        _frame.Outcome.Reset();
        var run = _runner.RunAsync(_step, _frame, CancellationToken.None);
        if (!run.IsCompletedSuccessfully)
            throw new InvalidOperationException("A synchronous handler is expected to finish at once.");
        return _frame.Outcome.Result.Length;
    }

    [Benchmark(Description = "System.Text.Json and Mediator: the same", Baseline = true)]
    public int JsonAndMediator()
    {
        Begin();
        var request = JsonSerializer.Deserialize(Input, QuoteJson.Default.QuoteRequest);
        var answer = Finished(_mediator.Send(new QuoteCommand(request.Sku, request.Price, request.Quantity, request.Express)));
        JsonSerializer.Serialize(_writer, answer, QuoteJson.Default.QuoteAnswer);
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "System.Text.Json: deserialize and serialize")]
    public int Json()
    {
        Begin();
        var request = JsonSerializer.Deserialize(Input, QuoteJson.Default.QuoteRequest);
        JsonSerializer.Serialize(_writer, QuoteSteps.Calculate(request), QuoteJson.Default.Quote);
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "Mediator: send")]
    public QuoteAnswer Mediator() => Finished(_mediator.Send(new QuoteCommand(7, 19.99m, 3, true)));

    [Benchmark(Description = "the handler itself")]
    public Quote Handler() => QuoteSteps.Calculate(_request);

    [GlobalCleanup]
    public void Dispose()
    {
        _frame.Dispose();
        _writer.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private static T Finished<T>(ValueTask<T> answer) =>
        answer.IsCompletedSuccessfully ? answer.Result : throw new InvalidOperationException("A synchronous handler is expected to finish at once.");

    private void Begin()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
    }

    private sealed class NoSource : IWorkSource
    {
        public ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("Nothing is claimed here.");

        public ValueTask CompleteAsync(ClaimedStep step, StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events) => default;

        public ValueTask ReleaseAsync(ClaimedStep step) => default;

        public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken) => default;
    }
}
