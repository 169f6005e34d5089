namespace Tasker.Http;

/// <summary>A body that was saved to a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ContentType">The media type the API named, if it did.</param>
public sealed record ApiDownload(string Path, long Bytes, string? ContentType);
