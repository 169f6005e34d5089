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
internal readonly record struct CompactTask(TaskPlan Plan, StartOptions Options, byte[] Content)
{
    /// <summary>The task again, equal to what was written.</summary>
    public TaskRun Restore() => TaskRun.Restore(ToStored(), Plan);

    /// <summary>The task to go on with.</summary>
    public StoredTask ToStored()
    {
        using var reader = new BinaryReader(new MemoryStream(Content, writable: false), Encoding.UTF8);
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
    public static void Write(ByteWriter writer, TaskRun run)
    {
        writer.Write(run.Id);
        writer.Write(run.CorrelationId);
        writer.Write((byte)run.State);
        WriteTime(writer, run.CreatedAt);
        WriteTime(writer, run.CompletedAt);
        writer.Write(run.Context.Span);
        writer.Write(run.IdentityHash ?? "");
        WriteJournal(writer, run.Journal);
        writer.Write(run.PlannedSteps);
        writer.Write(run.Steps.Length);
        foreach (var step in run.Steps)
            WriteStep(writer, step);
    }

    private static void WriteStep(ByteWriter writer, StepRun step)
    {
        if (step.IsDynamic)
        {
            writer.Write(step.Node.Index);
            writer.Write(step.Name);
            writer.Write(step.Parents.Length);
            foreach (var parent in step.Parents)
                writer.Write(parent);
            writer.Write(step.Inputs.Span);
        }

        writer.Write((byte)step.State);
        writer.Write(step.Attempts);
        writer.Write(step.Result);
        writer.Write(step.Checkpoint.Span);
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

    private static Guid ReadId(BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        reader.ReadExactly(bytes);
        return new Guid(bytes);
    }

    private static void WriteTime(ByteWriter writer, DateTimeOffset? time) => writer.Write(time?.UtcTicks ?? 0);

    private static DateTimeOffset? ReadTime(BinaryReader reader) => reader.ReadInt64() is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());

    private static void WriteJournal(ByteWriter writer, IReadOnlyList<JournalEntry> journal) =>
        WriteJson(writer, journal.Count == 0 ? null : journal, JournalJson.Write);

    private static JournalEntry[] ReadJournal(BinaryReader reader) => JournalJson.Read(ReadBytes(reader));

    private static void WriteFailure(ByteWriter writer, StepFailure? failure) => WriteJson(writer, failure, FailureJson.Write);

    private static StepFailure? ReadFailure(BinaryReader reader)
    {
        if (ReadBytes(reader) is not { Length: > 0 } json)
            return null;
        using var document = JsonDocument.Parse(json);
        return FailureJson.Read(document.RootElement);
    }

    /// <summary>For what most tasks do not have.</summary>
    private static void WriteJson<T>(ByteWriter writer, T? value, Action<Utf8JsonWriter, T> write)
        where T : class
    {
        if (value is null)
        {
            writer.Write(0);
            return;
        }

        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
            write(json, value);
        writer.Write(text.WrittenSpan);
    }
}
