using System.Text.Json;
using Tasker.Json;
using Tasker.Samples.Products;
using Tasker.Samples.Workflow;

namespace Tasker.Samples.Tests;

/// <summary>A batch worker that is interrupted goes on from its last checkpoint, and counts no row twice.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly JsonCodec<InventoryTotals> Codec = new JsonDelegateCodec<InventoryTotals>(
        nameof(InventoryTotals),
        (ref Utf8JsonReader reader) => JsonSerializer.Deserialize<InventoryTotals>(ref reader)!,
        (writer, totals) => JsonSerializer.Serialize(writer, totals),
        (_, _) => { });

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_saves_checkpoints_and_resumes_from_each()
    {
        var analysis = Analyze(SampleProducts.WriteOnce(_folder.Path));
        var sink = new Checkpoints();
        var whole = await Process(analysis, Step(default), sink);

        Assert.Equal(8, sink.Saved.Count);
        foreach (var checkpoint in sink.Saved)
        {
            var resumed = await Process(analysis, Step(checkpoint), new Checkpoints());
            Assert.Equal((whole.Processed, whole.Value.InventoryValue, whole.Value.MaxPriceProduct), (resumed.Processed, resumed.Value.InventoryValue, resumed.Value.MaxPriceProduct));
            Assert.Equal(whole.Value.CategoryCounts, resumed.Value.CategoryCounts);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_changed_since_its_analysis_is_refused(bool grows)
    {
        var path = SampleProducts.WriteOnce(_folder.Path);
        var analysis = Analyze(path);
        Change(path, grows);

        var refused = await Assert.ThrowsAsync<ValidationException>(() => Process(analysis, Step(default), new Checkpoints()));

        Assert.Equal($"{path} has changed since it was analyzed; start a new task.", refused.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_changes_while_a_batch_is_read_is_refused(bool grows)
    {
        var path = SampleProducts.WriteOnce(_folder.Path);
        var analysis = Analyze(path);
        var sink = new Checkpoints { OnSave = () => Change(path, grows) };

        var refused = await Assert.ThrowsAsync<ValidationException>(() => Process(analysis, Step(default), sink));

        Assert.Equal($"{path} has changed since it was analyzed; start a new task.", refused.Message);
    }

    /// <summary>The same bytes written again count as a change: only reading all of them would tell.</summary>
    private static void Change(string path, bool grows)
    {
        if (grows)
            File.AppendAllText(path, "1001,New,,toys,1,1,1,\n");
        else
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddTicks(10));
    }

    private static CsvAnalysis Analyze(string path) =>
        InventorySteps.Analyze(new InventoryRequest(path), batchSize: 450, maxWorkers: 5, CancellationToken.None).Result;

    private static async Task<BatchResult<InventoryTotals>> Process(CsvAnalysis analysis, ClaimedStep step, Checkpoints sink)
    {
        var context = new StepContext(step, NoServices.Instance, sink, CancellationToken.None);
        return await InventorySteps.Process(new BatchContext<InventoryTotals>(context, Codec), analysis, CancellationToken.None);
    }

    /// <summary>The second of three batches: rows 450 to 899.</summary>
    private static ClaimedStep Step(ReadOnlyMemory<byte> checkpoint) => new()
    {
        TaskId = Guid.Empty,
        StepId = Guid.Empty,
        CorrelationId = Guid.Empty,
        Template = CsvInventory.Template,
        Definition = CsvInventory.Template.FindStep("process_csv_batch")!,
        Name = "process_csv_batch_002",
        TaskContext = "{}"u8.ToArray(),
        Inputs = """{"cursor":{"batch_id":"002","start_cursor":450,"end_cursor":900,"batch_size":450},"is_no_op":false}"""u8.ToArray(),
        Checkpoint = checkpoint,
    };

    private sealed class Checkpoints : ICheckpointSink
    {
        public List<ReadOnlyMemory<byte>> Saved { get; } = [];

        public Action? OnSave { get; init; }

        public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
        {
            Saved.Add(checkpoint);
            OnSave?.Invoke();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
