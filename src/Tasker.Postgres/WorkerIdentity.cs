using System.Buffers.Binary;

namespace Tasker.Postgres;

/// <summary>Who this worker process is, in the rows that it writes.</summary>
/// <param name="Name">What stays the same when the process is started again.</param>
internal sealed record WorkerIdentity(string Name)
{
    /// <summary>This process, new with each start (protocol sheet §3.1).</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>The advisory lock that the process with an id holds as long as it lives.</summary>
    public static long LockKey(Guid id)
    {
        // The second half of a version 7 id is random.
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }
}
