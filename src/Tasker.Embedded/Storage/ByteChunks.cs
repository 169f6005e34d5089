namespace Tasker.Embedded.Storage;

/// <summary>Puts many short texts into few arrays. An array is free when none of its texts is referred to any more.</summary>
internal sealed class ByteChunks
{
    /// <summary>Small enough for the ordinary heap.</summary>
    private const int Size = 64 * 1024;

    private byte[] _chunk = [];
    private int _used;

    /// <summary>Copies a text.</summary>
    public ArraySegment<byte> Add(ReadOnlySpan<byte> text)
    {
        if (text.Length > Size / 4)
            return text.ToArray();
        if (text.Length > _chunk.Length - _used)
            (_chunk, _used) = (GC.AllocateUninitializedArray<byte>(Size), 0);
        var copy = new ArraySegment<byte>(_chunk, _used, text.Length);
        text.CopyTo(copy);
        _used += text.Length;
        return copy;
    }
}
