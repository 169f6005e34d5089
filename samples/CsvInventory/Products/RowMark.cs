namespace Tasker.Samples.Products;

/// <summary>Where a row starts, so that a reader can begin there.</summary>
/// <param name="Row">The number of data rows before it.</param>
/// <param name="Offset">Its place in the file, in bytes.</param>
/// <param name="Line">Its line in the file, from 1; a quoted field can span lines.</param>
public sealed record RowMark(long Row, long Offset, long Line);
