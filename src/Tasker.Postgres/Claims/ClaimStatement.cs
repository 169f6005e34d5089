using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Templates;
using Tasker.Wire;

namespace Tasker.Postgres.Claims;

/// <summary>Runs <see cref="ClaimSql"/> and reads what it returns. One round trip.</summary>
internal sealed class ClaimStatement(
    [FromKeyedServices(ClaimStatement.Connections)] NpgsqlDataSource database,
    TemplateCache templates,
    WorkerIdentity worker,
    TimeProvider time)
{
    /// <summary>The key of the connections that claims are made on.</summary>
    public const string Connections = "Tasker.Postgres.Claims";

    /// <summary>How long a message that was read and not claimed stays invisible, as with tasker-core's own workers (protocol sheet §2.4).</summary>
    private const int InvisibleSeconds = 30;

    private static readonly string AnnouncedAndArchived = ClaimSql.Announced(archive: true);
    private static readonly string AnnouncedElsewhere = ClaimSql.Announced(archive: false);

    /// <summary>Claims steps whose messages are known.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="limit">How many steps at most.</param>
    /// <param name="archive">Whether the messages lie in PGMQ queues of this database, to be archived with the claim.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ClaimBatch> ClaimAsync(IReadOnlyList<StepMessage> messages, int limit, bool archive, CancellationToken cancellationToken)
    {
        var queues = new string[messages.Count];
        var ids = new long[messages.Count];
        var steps = new Guid[messages.Count];
        for (var i = 0; i < messages.Count; i++)
            (queues[i], ids[i], steps[i]) = messages[i];

        return RunAsync(
            archive ? AnnouncedAndArchived : AnnouncedElsewhere,
            [
                new NpgsqlParameter<string[]> { TypedValue = queues, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter<long[]> { TypedValue = ids },
                new NpgsqlParameter<Guid[]> { TypedValue = steps },
            ],
            Math.Min(limit, messages.Count),
            cancellationToken);
    }

    /// <summary>Reads messages from queues and claims their steps.</summary>
    public Task<ClaimBatch> PollAsync(string[] queues, int limit, CancellationToken cancellationToken) => RunAsync(
        ClaimSql.Polled,
        [
            new NpgsqlParameter<string[]> { TypedValue = queues, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new NpgsqlParameter<int> { TypedValue = InvisibleSeconds },
            new NpgsqlParameter<int> { TypedValue = limit },
        ],
        limit,
        cancellationToken);

    private async Task<ClaimBatch> RunAsync(string sql, NpgsqlParameter[] source, int limit, CancellationToken cancellationToken)
    {
        var known = templates.Known;
        var command = database.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            var parameters = command.Parameters;
            parameters.AddRange(source);
            parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = known.Ids });
            parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = known.UpdatedAt, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Timestamp });
            parameters.Add(new NpgsqlParameter<string[]> { TypedValue = known.Steps, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Metadata(), NpgsqlDbType = NpgsqlDbType.Jsonb });
            parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = NewIds(limit) });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ClaimBatch> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var claimed = new List<Row>();
        var ancestors = new Dictionary<Guid, List<AncestorResult>>();
        var batch = new ClaimBatch();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (reader.GetInt32(0))
            {
                case 0:
                    batch.Unclaimed.Add(new UnclaimedMessage(
                        new StepMessage(reader.GetString(13), reader.GetInt64(14), reader.IsDBNull(1) ? default : reader.GetGuid(1)),
                        TextOrNull(reader, 7),
                        reader.IsDBNull(4) ? null : reader.GetGuid(4),
                        TextOrNull(reader, 6)));
                    break;
                case 1:
                    claimed.Add(ReadRow(reader));
                    break;
                case 2:
                    var step = reader.GetGuid(1);
                    if (!ancestors.TryGetValue(step, out var list))
                        ancestors.Add(step, list = []);
                    list.Add(new AncestorResult(reader.GetString(6), reader.GetString(7), AncestorRows.Result(BytesOrNull(reader, 10))));
                    break;
            }
        }

        foreach (var row in claimed)
            batch.Steps.Add(row.ToStep(templates, ancestors.GetValueOrDefault(row.StepId)));
        return batch;
    }

    private static Guid[] NewIds(int count)
    {
        var ids = new Guid[count];
        for (var i = 0; i < count; i++)
            ids[i] = Guid.CreateVersion7();
        return ids;
    }

    private static Row ReadRow(NpgsqlDataReader reader) => new(
        StepId: reader.GetGuid(1),
        ClaimId: reader.GetGuid(2),
        TaskId: reader.GetGuid(3),
        TemplateId: reader.GetGuid(4),
        CorrelationId: reader.GetGuid(5),
        Name: reader.GetString(6),
        TemplateStep: reader.GetString(7),
        Attempts: reader.GetInt32(8),
        MaxAttempts: reader.IsDBNull(9) ? null : reader.GetInt32(9),
        Context: reader.GetFieldValue<byte[]>(10),
        Inputs: ObjectOrEmpty(reader, 11),
        Checkpoint: ObjectOrEmpty(reader, 12),
        Previous: TextOrNull(reader, 13),
        ParentCorrelationId: reader.IsDBNull(15) ? null : reader.GetGuid(15),
        Before: new StepBefore(
            reader.IsDBNull(16) ? null : reader.GetInt32(16),
            reader.IsDBNull(17) ? null : reader.GetDateTime(17),
            reader.GetDateTime(18)));

    private static string? TextOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static byte[]? BytesOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    /// <summary>A column that holds JSON's null holds nothing.</summary>
    private static ReadOnlyMemory<byte> ObjectOrEmpty(NpgsqlDataReader reader, int column) =>
        BytesOrNull(reader, column) is { } json && json.AsSpan().StartsWith("{"u8) ? json : ReadOnlyMemory<byte>.Empty;

    /// <summary>
    /// The metadata that tasker-core writes for a claim, and under a key of our own who claims: so that a claim whose worker has died can be told from one
    /// whose handler takes long (protocol sheet §4.2, §4.6).
    /// </summary>
    private byte[] Metadata()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, """{"type":"Start"}""");
            writer.WriteString("timestamp"u8, time.GetUtcNow());
            writer.WriteStartObject("tasker_dotnet"u8);
            writer.WriteString("worker_uuid"u8, worker.Id);
            writer.WriteString("worker_name"u8, worker.Name);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private sealed record Row(
        Guid StepId,
        Guid ClaimId,
        Guid TaskId,
        Guid TemplateId,
        Guid CorrelationId,
        string Name,
        string TemplateStep,
        int Attempts,
        int? MaxAttempts,
        ReadOnlyMemory<byte> Context,
        ReadOnlyMemory<byte> Inputs,
        ReadOnlyMemory<byte> Checkpoint,
        string? Previous,
        Guid? ParentCorrelationId,
        StepBefore Before)
    {
        public CoreStep ToStep(TemplateCache templates, List<AncestorResult>? ancestors)
        {
            var template = templates.Get(TemplateId);
            var definition = template.Runnable[TemplateStep];
            return new CoreStep
            {
                ClaimId = ClaimId,
                Before = Before,
                TaskId = TaskId,
                StepId = StepId,
                CorrelationId = CorrelationId,
                Template = template.Template,
                Definition = definition,
                Name = Name,
                Attempts = Attempts,
                MaxAttempts = MaxAttempts ?? definition.Retry.MaxAttempts,
                TaskContext = Context,
                Configuration = definition.Configuration,
                Inputs = Inputs,
                Checkpoint = Checkpoint,
                ParentCorrelationId = ParentCorrelationId,
                PreviousFailure = Previous is null ? null : StepExecutionResultReader.ReadFailure(Encoding.UTF8.GetBytes(Previous)),
                Dependencies = ancestors is null ? StepResults.None : StepResults.From(ancestors),
            };
        }
    }
}
