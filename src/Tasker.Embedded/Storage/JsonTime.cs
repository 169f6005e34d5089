using System.Text.Json;

namespace Tasker.Embedded.Storage;

/// <summary>Writes times. Most of those in a commit are the same, so the last one is kept as text.</summary>
internal sealed class JsonTime
{
    private readonly byte[] _text = new byte[StoredTime.Length + 2];
    private DateTimeOffset _time = DateTimeOffset.MinValue;

    public JsonTime() => _text[0] = _text[^1] = (byte)'"';

    public void Write(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset? time)
    {
        if (time is not { } value)
            return;
        if (value != _time)
        {
            StoredTime.Format(value, _text.AsSpan(1, StoredTime.Length));
            _time = value;
        }

        writer.WritePropertyName(name);
        writer.WriteRawValue(_text, skipInputValidation: true);
    }
}
