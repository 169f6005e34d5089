using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>The rows of durable events that have not reached all their subscribers.</summary>
internal static class SqliteOutbox
{
    public const string Insert =
        "INSERT INTO outbox (event_no, event_id, name, task_id, step_no, step, attempt, payload, failure, metadata, duration_ms, fired_at, fired_by) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    public const string Delete = "DELETE FROM outbox WHERE event_no = ?";

    /// <param name="insert">The prepared <see cref="Insert"/>.</param>
    /// <param name="kept">The event; it has its number.</param>
    /// <param name="json">Memory for JSON.</param>
    public static void Write(SqliteStatement insert, KeptEvent kept, JsonText json)
    {
        var domainEvent = kept.Event;
        insert
            .Bind(kept.Number)
            .Bind(domainEvent.EventId)
            .Bind(domainEvent.Name)
            .Bind(kept.Step.Run.Id)
            .Bind(kept.Step.Index)
            .Bind(kept.Step.Name)
            .Bind(kept.Attempt)
            .Bind(domainEvent.Payload.Span)
            .BindOrNull(ToJson(json, domainEvent.Failure))
            .BindOrNull(ToJson(json, domainEvent.Metadata))
            .Bind((long)domainEvent.Duration.TotalMilliseconds)
            .Bind(domainEvent.FiredAt)
            .Bind(domainEvent.FiredBy)
            .Run();
    }

    /// <param name="connection">The open file.</param>
    /// <param name="after">The number before the first.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="leave">Told of a row that cannot be read; it comes with its number only.</param>
    public static List<(long Number, StoredEvent? Event)> Read(SqliteConnection connection, long after, int count, Action<DamagedRowException> leave)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT event_no, event_id, name, task_id, step_no, attempt, payload, failure, metadata, duration_ms, fired_at, fired_by " +
            "FROM outbox WHERE event_no > $after ORDER BY event_no LIMIT $count";
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$count", count);
        using var reader = command.ExecuteReader();
        var found = new List<(long, StoredEvent?)>();
        while (reader.Read())
        {
            var number = reader.GetInt64(0);
            try
            {
                found.Add((number, ToEvent(reader)));
            }
            catch (Exception exception) when (DamagedRowException.Explains(exception))
            {
                leave(new DamagedRowException($"row event_no = {number} of table 'outbox'", exception));
                found.Add((number, null));
            }
        }

        return found;
    }

    private static StoredEvent ToEvent(SqliteDataReader reader) => new()
    {
        Number = reader.GetInt64(0),
        EventId = Guid.Parse(reader.GetString(1)),
        Name = reader.GetString(2),
        TaskId = Guid.Parse(reader.GetString(3)),
        StepIndex = reader.GetInt32(4),
        Attempt = reader.GetInt32(5),
        Payload = Encoding.UTF8.GetBytes(reader.GetString(6)),
        Failure = ReadFailure(reader, 7),
        Metadata = ReadMetadata(reader, 8),
        Duration = TimeSpan.FromMilliseconds(reader.GetInt64(9)),
        FiredAt = StoredTime.Parse(reader.GetString(10)),
        FiredBy = reader.GetString(11),
    };

    private static ReadOnlySpan<byte> ToJson(JsonText json, StepFailure? failure)
    {
        if (failure is null)
            return default;
        FailureJson.Write(json.BeginValue(), failure);
        return json.EndValue();
    }

    private static ReadOnlySpan<byte> ToJson(JsonText json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
            return default;
        var writer = json.BeginValue();
        writer.WriteStartObject();
        foreach (var (name, value) in metadata)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        return json.EndValue();
    }

    private static StepFailure? ReadFailure(SqliteDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
            return null;
        using var document = JsonDocument.Parse(reader.GetString(column));
        return FailureJson.Read(document.RootElement);
    }

    private static Dictionary<string, string>? ReadMetadata(SqliteDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
            return null;
        using var document = JsonDocument.Parse(reader.GetString(column));
        return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString() ?? "");
    }
}
