using System.Text;
using System.Text.Json;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>
/// A settled task as a few hundred bytes instead of some thirty objects, which the garbage collector would visit and move for as long as the task is kept.
/// What it shares with other tasks, the plan and the options, is only referred to.
/// </summary>
/// <param name="Plan">The task's plan.</param>
/// <param name="Options">Who asked, and why.</param>
/// <param name="Content">All else.</param>
internal readonly record struct CompactTask(TaskPlan Plan, StartOptions Options, ArraySegment<byte> Content)
{
    /// <summary>The task again, equal to what was written.</summary>
    public TaskRun Restore() => TaskRun.Restore(ToStored(), Plan);

    /// <summary>The task to go on with.</summary>
    public StoredTask ToStored()
    {
        using var reader = new BinaryReader(new MemoryStream(Content.Array!, Content.Offset, Content.Count, writable: false), Encoding.UTF8);
        return new StoredTask
        {
            Key = 0,
            Namespace = Plan.Template.Namespace,
            Name = Plan.Template.Name,
            Version = Plan.Template.Version,
            Options = Options,
            Id = ReadId(reader),
            CorrelationId = ReadId(reader),
            State = (TaskState)reader.ReadByte(),
            CreatedAt = ReadTime(reader) ?? default,
            CompletedAt = ReadTime(reader),
            Context = ReadBytes(reader),
            IdentityHash = reader.ReadString() is { Length: > 0 } hash ? hash : null,
            Journal = ReadJournal(reader),
            PlannedSteps = reader.Read7BitEncodedInt(),
            Steps = ReadSteps(reader),
        };
    }

    /// <summary>Writes the part of a task that is its own.</summary>
    public static void Write(BinaryWriter writer, TaskRun run)
    {
        WriteId(writer, run.Id);
        WriteId(writer, run.CorrelationId);
        writer.Write((byte)run.State);
        WriteTime(writer, run.CreatedAt);
        WriteTime(writer, run.CompletedAt);
        WriteBytes(writer, run.Context.Span);
        writer.Write(run.IdentityHash ?? "");
        WriteJournal(writer, run.Journal);
        writer.Write7BitEncodedInt(run.PlannedSteps);
        writer.Write7BitEncodedInt(run.Steps.Length);
        foreach (var step in run.Steps)
            WriteStep(writer, step);
    }

    private static void WriteStep(BinaryWriter writer, StepRun step)
    {
        if (step.IsDynamic)
        {
            writer.Write7BitEncodedInt(step.Node.Index);
            writer.Write(step.Name);
            writer.Write7BitEncodedInt(step.Parents.Length);
            foreach (var parent in step.Parents)
                writer.Write7BitEncodedInt(parent);
            WriteBytes(writer, step.Inputs.Span);
        }

        writer.Write((byte)step.State);
        writer.Write7BitEncodedInt(step.Attempts);
        WriteBytes(writer, step.Result);
        WriteBytes(writer, step.Checkpoint.Span);
        WriteTime(writer, step.NextAttemptAt);
        WriteTime(writer, step.StartedAt);
        WriteTime(writer, step.CompletedAt);
        WriteJournal(writer, step.Journal);
        WriteFailure(writer, step.Failure);
    }

    private StoredStep[] ReadSteps(BinaryReader reader)
    {
        var steps = new StoredStep[reader.Read7BitEncodedInt()];
        for (var i = 0; i < steps.Length; i++)
        {
            var shape = i < Plan.Initial.Length ? Plan.Initial[i] : ReadShape(reader);
            steps[i] = new StoredStep
            {
                TemplateStep = shape.Node.Name,
                Name = shape.Name,
                Parents = shape.Parents,
                Inputs = shape.Inputs,
                State = (StepState)reader.ReadByte(),
                Attempts = reader.Read7BitEncodedInt(),
                Result = ReadBytes(reader),
                Checkpoint = ReadBytes(reader),
                NextAttemptAt = ReadTime(reader),
                StartedAt = ReadTime(reader),
                CompletedAt = ReadTime(reader),
                Journal = ReadJournal(reader),
                Failure = ReadFailure(reader),
            };
        }

        return steps;
    }

    private StepShape ReadShape(BinaryReader reader) =>
        new(Plan.Nodes[reader.Read7BitEncodedInt()], reader.ReadString(), ReadIndices(reader)) { Inputs = ReadBytes(reader) };

    private static int[] ReadIndices(BinaryReader reader)
    {
        var indices = new int[reader.Read7BitEncodedInt()];
        for (var i = 0; i < indices.Length; i++)
            indices[i] = reader.Read7BitEncodedInt();
        return indices;
    }

    private static void WriteId(BinaryWriter writer, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        writer.Write(bytes);
    }

    private static Guid ReadId(BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        reader.ReadExactly(bytes);
        return new Guid(bytes);
    }

    private static void WriteTime(BinaryWriter writer, DateTimeOffset? time) => writer.Write(time?.UtcTicks ?? 0);

    private static DateTimeOffset? ReadTime(BinaryReader reader) => reader.ReadInt64() is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());

    private static void WriteJournal(BinaryWriter writer, IReadOnlyList<JournalEntry> journal) =>
        WriteJson(writer, journal.Count == 0 ? null : journal, JournalJson.Write);

    private static JournalEntry[] ReadJournal(BinaryReader reader) => JournalJson.Read(ReadBytes(reader));

    private static void WriteFailure(BinaryWriter writer, StepFailure? failure) => WriteJson(writer, failure, FailureJson.Write);

    private static StepFailure? ReadFailure(BinaryReader reader)
    {
        if (ReadBytes(reader) is not { Length: > 0 } json)
            return null;
        using var document = JsonDocument.Parse(json);
        return FailureJson.Read(document.RootElement);
    }

    /// <summary>For what most tasks do not have.</summary>
    private static void WriteJson<T>(BinaryWriter writer, T? value, Action<Utf8JsonWriter, T> write)
        where T : class
    {
        if (value is null)
        {
            writer.Write7BitEncodedInt(0);
            return;
        }

        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
            write(json, value);
        WriteBytes(writer, text.WrittenSpan);
    }
}
