using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// Makes version 7 UUIDs: ordered by time, which keeps indices compact, and random otherwise. The system is asked for many random bytes at once, since
/// asking costs more than all else about an id. Used by the engine only.
/// </summary>
internal sealed class IdSource
{
    private const int RandomBytes = 10;

    private readonly byte[] _random = new byte[100 * RandomBytes];
    private int _used = 100 * RandomBytes;

    /// <summary>A new id.</summary>
    /// <param name="now">When it is made.</param>
    public Guid Next(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        Random().CopyTo(id[^RandomBytes..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    private ReadOnlySpan<byte> Random()
    {
        if (_used == _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        _used += RandomBytes;
        return _random.AsSpan(_used - RandomBytes, RandomBytes);
    }
}
