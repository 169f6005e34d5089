namespace Tasker.Embedded.Storage;

/// <summary>Puts many short texts into few arrays, and uses an array again when its texts have been given back. Not safe for concurrent use.</summary>
internal sealed class ByteChunks
{
    private const int Size = 64 * 1024;

    private readonly Stack<Chunk> _free = new();
    private Chunk _current = new(Size);

    /// <summary>Copies a text.</summary>
    public Text Add(ReadOnlySpan<byte> bytes)
    {
        var chunk = bytes.Length > Size / 4 ? new Chunk(bytes.Length) : ChunkFor(bytes.Length);
        bytes.CopyTo(chunk.Bytes.AsSpan(chunk.Used));
        var text = new Text(chunk, chunk.Used, bytes.Length);
        chunk.Used += bytes.Length;
        chunk.Texts++;
        return text;
    }

    /// <summary>Gives a text back. Nobody reads it any more.</summary>
    public void Free(Text text)
    {
        var chunk = text.Chunk;
        chunk.Texts--;
        FreeIfEmpty(chunk);
    }

    private Chunk ChunkFor(int length)
    {
        if (length <= Size - _current.Used)
            return _current;
        var full = _current;
        _current = _free.TryPop(out var chunk) ? chunk : new Chunk(Size);
        FreeIfEmpty(full);
        return _current;
    }

    private void FreeIfEmpty(Chunk chunk)
    {
        if (chunk.Texts > 0 || chunk == _current || chunk.Bytes.Length != Size)
            return;
        chunk.Used = 0;
        _free.Push(chunk);
    }

    /// <summary>Where a text is.</summary>
    public readonly record struct Text(Chunk Chunk, int Offset, int Length)
    {
        public ReadOnlySpan<byte> Bytes => Chunk.Bytes.AsSpan(Offset, Length);
    }

    public sealed class Chunk(int size)
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(size);

        public int Used { get; set; }

        /// <summary>How many texts in it are in use.</summary>
        public int Texts { get; set; }
    }
}
