using Tasker.Samples.Products;

namespace Tasker.Samples.Workflow;

/// <summary>The handlers of <c>csv_inventory.workflow.yaml</c>.</summary>
public static class InventorySteps
{
    private const int MostCheckpoints = 10;

    /// <summary>Reads the file once: counts its rows and notes where batches start, so that no worker reads another's rows.</summary>
    [BatchAnalyzer("analyze_csv", WorkerTemplate = "process_csv_batch")]
    public static BatchPlan<CsvAnalysis> Analyze(
        InventoryRequest request,
        [FromConfig] int batchSize = 200,
        [FromConfig] int maxWorkers = 5,
        CancellationToken cancellationToken = default)
    {
        var version = FileVersion.Of(request.CsvFilePath);
        var marks = new RowMarks();
        var rows = 0L;
        using (var products = ProductReader.Open(request.CsvFilePath))
        {
            for (; products.Read(); rows++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (marks.Wants(rows))
                    marks.Add(products.Mark);
            }
        }

        var plan = BatchPlan.ForItems(rows, request.BatchSize ?? batchSize, request.MaxWorkers ?? maxWorkers);
        var starts = plan.Cursors.Select(batch => marks.Before(batch.Start)).ToList();
        return plan.With(new CsvAnalysis(request.CsvFilePath, version, starts));
    }

    /// <summary>Adds up the rows of one batch. After a crash it goes on from its last checkpoint.</summary>
    [BatchWorker("process_csv_batch")]
    public static async ValueTask<BatchResult<InventoryTotals>> Process(
        BatchContext<InventoryTotals> batch,
        [FromStep("analyze_csv")] CsvAnalysis analysis,
        CancellationToken cancellationToken)
    {
        var row = batch.Resume(from: batch.Start);
        var totals = batch.Accumulated(new InventoryTotals());
        var interval = Math.Max(50, batch.Size / MostCheckpoints);

        using var products = Open(analysis, row);
        while (row < batch.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!products.Read())
                throw Changed(analysis);
            if (products.Row < row)
                continue;

            totals.Add(products.Product());
            row++;
            if ((row - batch.Start) % interval == 0 && row < batch.End)
                await batch.CheckpointAsync(row, totals.Count, totals, cancellationToken);
        }

        CheckUnchanged(analysis);
        return BatchResult.Of(totals, processed: totals.Count);
    }

    /// <summary>Adds up the batches.</summary>
    [StepHandler("aggregate_csv_results")]
    public static InventorySummary Aggregate(BatchResults<InventoryTotals> batches)
    {
        var all = new InventoryTotals();
        foreach (var batch in batches)
            all.Add(batch.Value);

        return new InventorySummary(
            all.Count,
            all.InventoryValue,
            batches.Count,
            all.CategoryCounts.OrderBy(category => category.Key, StringComparer.Ordinal).ToDictionary(),
            all.MaxPrice,
            all.MaxPriceProduct,
            all.Count == 0 ? 0 : Math.Round(all.RatingSum / all.Count, 4));
    }

    private static ProductReader Open(CsvAnalysis analysis, long row)
    {
        CheckUnchanged(analysis);
        return ProductReader.Open(analysis.CsvFilePath, analysis.Starts.Last(start => start.Row <= row));
    }

    private static void CheckUnchanged(CsvAnalysis analysis)
    {
        if (FileVersion.Of(analysis.CsvFilePath) != analysis.File)
            throw Changed(analysis);
    }

    private static ValidationException Changed(CsvAnalysis analysis) =>
        new($"{analysis.CsvFilePath} has changed since it was analyzed; start a new task.");
}
