using Snapshooter;
using Snapshooter.Core;
using Tasker.Generators.Emission;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>
/// Compares generated text with the file that was reviewed. A new or different text fails the test and is left beside the reviewed one (a new
/// file, or <c>__mismatch__</c>) to be looked at and kept or not.
/// </summary>
internal static class Golden
{
    public static void Match(string name, string text)
    {
        var file = new SnapshotFullName(name + ".snap", Path.Combine(Repository.Tests, "Emission"));
        var handler = new SnapshotFileHandler();
        var actual = text.Replace($"\"{GeneratedFile.Version}\"", "\"{version}\"", StringComparison.Ordinal);
        if (!handler.TryReadSnapshot(file, out var expected) || expected is null)
        {
            handler.SaveNewSnapshot(file, actual);
            Assert.Fail($"There was no golden file '{file.Filename}'. It has been written: review it and run the test again.");
        }

        if (!string.Equals(Normalize(expected), Normalize(actual), StringComparison.Ordinal))
            handler.SaveMismatchSnapshot(file, actual);
        Assert.Equal(Normalize(expected), Normalize(actual));
    }

    private static string Normalize(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');
}
