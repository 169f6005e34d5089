using System.Buffers;
using System.Text.Json;

namespace Tasker.Embedded.Storage;

/// <summary>A JSON text that is written again and again into the same memory.</summary>
internal sealed class JsonText : IDisposable
{
    /// <summary>Memory for a larger text is given back.</summary>
    private const int LargestKept = 1024 * 1024;

    /// <summary>What a task's context, a result or a checkpoint is within a stored text, it is some levels deeper than by itself, and those are at most 64 deep.</summary>
    public static readonly JsonDocumentOptions Reading = new() { MaxDepth = 1000 };

    private ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _writer;
    private bool _isLarge;

    /// <param name="maxDepth">How deep the texts may be; as deep as a writer goes when not given.</param>
    public JsonText(int maxDepth = 0) => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = maxDepth });

    /// <summary>Begins a new array; the caller writes its items.</summary>
    public Utf8JsonWriter Begin()
    {
        BeginValue().WriteStartArray();
        return _writer;
    }

    /// <summary>Begins a new text; the caller writes one value.</summary>
    public Utf8JsonWriter BeginValue()
    {
        if (_isLarge)
            _buffer = new ArrayBufferWriter<byte>(4096);
        _isLarge = false;
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        return _writer;
    }

    /// <summary>Ends the array.</summary>
    /// <returns>The text, valid until the next <see cref="Begin"/>; empty when the array has no item.</returns>
    public ReadOnlySpan<byte> End()
    {
        _writer.WriteEndArray();
        var text = EndValue();
        return text.Length == 2 ? default : text;
    }

    /// <summary>Ends the text.</summary>
    /// <returns>The text, valid until the next one begins.</returns>
    public ReadOnlySpan<byte> EndValue()
    {
        _writer.Flush();
        _isLarge = _buffer.Capacity > LargestKept;
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();
}
