using System.Buffers.Binary;
using System.Text;

namespace Tasker.Embedded.Storage;

/// <summary>Writes what a <see cref="BinaryReader"/> for UTF-8 reads, again and again into the same memory.</summary>
internal sealed class ByteWriter
{
    /// <summary>Memory for more is given back.</summary>
    private const int LargestKept = 1024 * 1024;

    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > LargestKept)
            _bytes = new byte[1024];
    }

    public void Write(byte value) => Take(1)[0] = value;

    /// <summary>Seven bits a byte.</summary>
    public void Write(int value)
    {
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
            Write((byte)(rest | 0x80));
        Write((byte)rest);
    }

    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Write(Guid value) => value.TryWriteBytes(Take(16));

    /// <summary>The length before the bytes.</summary>
    public void Write(ReadOnlySpan<byte> value)
    {
        Write(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>The length in bytes before the text.</summary>
    public void Write(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Write(length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    private Span<byte> Take(int count)
    {
        var needed = _length + count;
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        var taken = _bytes.AsSpan(_length, count);
        _length = needed;
        return taken;
    }
}
