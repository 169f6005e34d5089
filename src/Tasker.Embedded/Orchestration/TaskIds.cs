using System.Buffers.Binary;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// Ids of tasks and steps. A task's id is a version 7 UUID (ordered by time, which keeps indices compact) that ends with 32 zero bits; the
/// ids of its steps differ in those bits only, so that they need not be stored for a step that has not run.
/// </summary>
internal static class TaskIds
{
    /// <param name="id">A new id.</param>
    public static Guid Task(Guid id) => WithNumber(id, 0);

    public static Guid Step(Guid task, int index) => WithNumber(task, (uint)index + 1);

    private static Guid WithNumber(Guid id, uint number)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], number);
        return new Guid(bytes, bigEndian: true);
    }
}
