namespace Tasker.Samples.Products;

/// <summary>What a file looked like at one time, so that a change is noticed.</summary>
/// <param name="Size">Its size in bytes; -1 when it is not there.</param>
/// <param name="WrittenAt">When it was last written, in UTC.</param>
public sealed record FileVersion(long Size, DateTime WrittenAt)
{
    /// <summary>What the file looks like now.</summary>
    public static FileVersion Of(string path)
    {
        var file = new FileInfo(path);
        return new FileVersion(file.Exists ? file.Length : -1, file.LastWriteTimeUtc);
    }
}
