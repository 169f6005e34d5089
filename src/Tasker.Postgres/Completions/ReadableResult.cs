using System.Text.Json;

namespace Tasker.Postgres.Completions;

/// <summary>
/// What PostgreSQL stores and tasker-core's orchestrator could not read: it would leave the message about such a result in its queue for ever (protocol sheet
/// §8.1), and the step where it is.
/// </summary>
internal static class ReadableResult
{
    /// <summary>The orchestrator's reader gives up at 128 levels; some are the objects around the result, and more where the result is told of.</summary>
    private const int MaxDepth = 100;

    /// <summary>A number that is shorter, and has no exponent, is in the range of a double.</summary>
    private const int LongNumber = 300;

    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Problem(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth > MaxDepth)
                    return $"it is nested more than {MaxDepth} levels deep";
                if (reader.TokenType is JsonTokenType.Number && IsOutOfRange(reader))
                    return "it has a number beyond what a double can hold";
            }

            return null;
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
    }

    private static bool IsOutOfRange(in Utf8JsonReader reader)
    {
        var digits = reader.ValueSpan;
        return (digits.Length > LongNumber || digits.IndexOfAny((byte)'e', (byte)'E') >= 0) && reader.TryGetDouble(out var number) && !double.IsFinite(number);
    }
}
