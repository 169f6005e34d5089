using Tasker.Samples.Products;

namespace Tasker.Samples.Workflow;

/// <summary>What the analyzer tells the workers.</summary>
/// <param name="CsvFilePath">The products file.</param>
/// <param name="File">The file before it was analyzed: workers refuse one that has changed since.</param>
/// <param name="Starts">For each batch, the last known row start at or before its first row.</param>
public sealed record CsvAnalysis(string CsvFilePath, FileVersion File, IReadOnlyList<RowMark> Starts);
