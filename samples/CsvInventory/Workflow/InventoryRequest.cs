namespace Tasker.Samples.Workflow;

/// <summary>The context of an inventory task.</summary>
/// <param name="CsvFilePath">The products file.</param>
/// <param name="BatchSize">Rows in a batch; the template's when not given.</param>
/// <param name="MaxWorkers">The most batches; the template's when not given.</param>
public sealed record InventoryRequest(string CsvFilePath, int? BatchSize = null, int? MaxWorkers = null);
