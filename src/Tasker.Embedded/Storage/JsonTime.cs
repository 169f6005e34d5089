using System.Text.Json;

namespace Tasker.Embedded.Storage;

/// <summary>Writes times. Most of those in a commit are the same, so the last one is kept as text.</summary>
internal sealed class JsonTime
{
    private readonly byte[] _text = new byte[StoredTime.Length];
    private DateTimeOffset _time = DateTimeOffset.MinValue;

    public void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is not { } value)
            return;
        if (value != _time)
        {
            StoredTime.Format(value, _text);
            _time = value;
        }

        writer.WriteString(name, _text);
    }
}
