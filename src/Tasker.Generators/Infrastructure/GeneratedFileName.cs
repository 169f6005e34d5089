using System.Text;

namespace Tasker.Generators.Infrastructure;

/// <summary>Names of generated files. A project may have them written to disk, and file systems take 255 bytes at most.</summary>
internal static class GeneratedFileName
{
    private const string Extension = ".g.cs";
    private const int MaxBytes = 150;

    /// <summary>The name, or as much of it as fits and a hash of it.</summary>
    public static string Fit(string file)
    {
        if (Encoding.UTF8.GetByteCount(file) <= MaxBytes)
            return file;
        var ending = "_" + Identifiers.StableHash(file) + Extension;
        var (length, bytes) = (0, ending.Length);
        while (length < file.Length)
        {
            var step = char.IsSurrogatePair(file, length) ? 2 : 1;
            bytes += Encoding.UTF8.GetByteCount(file.Substring(length, step));
            if (bytes > MaxBytes)
                break;
            length += step;
        }

        return file.Substring(0, length) + ending;
    }
}
