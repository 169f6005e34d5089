using System.Diagnostics;
using System.Globalization;

namespace Tasker.Embedded.Storage;

/// <summary>Times as the file keeps them: UTC, ISO 8601, to the tick, so that text order is time order.</summary>
internal static class StoredTime
{
    public const int Length = 28;

    private const string Pattern = "yyyy-MM-ddTHH:mm:ss.fffffffZ";

    public static void Format(DateTimeOffset time, Span<byte> text)
    {
        var done = time.UtcDateTime.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        Debug.Assert(done && length == Length, "The round-trip format of a UTC time has a fixed length.");
    }

    /// <exception cref="FormatException">The text is no such time.</exception>
    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.ParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
