using System.Text.Json;

namespace Tasker.Embedded.Storage;

/// <summary>A row of the file holds something that Tasker did not write.</summary>
/// <param name="row">Which one.</param>
/// <param name="cause">What came of reading it.</param>
internal sealed class DamagedRowException(string row, Exception cause)
    : Exception($"{row}: {(cause is NullReferenceException ? "a member is missing." : cause.Message)}", cause)
{
    /// <summary>Whether an error is what comes of reading a text, a number, a name or JSON that is not what it should be.</summary>
    public static bool Explains(Exception error) =>
        error is FormatException or JsonException or KeyNotFoundException or ArgumentException or InvalidCastException or OverflowException
            or IndexOutOfRangeException or NullReferenceException
        || (error is InvalidOperationException and not ObjectDisposedException);

    public static string Task(object? number) => $"row task_no = {number} of table 'tasks'";
}
