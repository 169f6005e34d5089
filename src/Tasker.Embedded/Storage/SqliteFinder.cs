using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Tasker.Client;

namespace Tasker.Embedded.Storage;

/// <summary>Finds tasks and dead letters by their properties. Each call uses the connection it is given and keeps nothing.</summary>
internal static class SqliteFinder
{
    private const string DeadLetterColumns =
        "entry_id, task_id, namespace, name, version, original_state, reason, detail, created_at, status, resolved_at, resolved_by, notes";

    public static List<TaskSummary> List(SqliteConnection connection, TaskFilter filter, Guid? before)
    {
        using var command = connection.CreateCommand();
        var where = new Conditions(command);
        if (!filter.States.IsDefaultOrEmpty)
            where.AddAny("t.state", filter.States.Select(state => state.ToName()));
        where.AddEqual("t.namespace", filter.Namespace);
        where.AddEqual("t.name", filter.Name);
        where.AddEqual("t.version", filter.Version);
        where.AddEqual("t.initiator", filter.Initiator);
        where.AddEqual("t.source_system", filter.SourceSystem);
        where.AddEqual("t.correlation_id", filter.CorrelationId?.ToString());
        where.AddEqual("t.parent_correlation_id", filter.ParentCorrelationId?.ToString());
        where.Add("t.created_at >=", Text(filter.CreatedFrom));
        where.Add("t.created_at <", Text(filter.CreatedBefore));
        where.Add("t.task_id <", before?.ToString());
        where.AddTag(filter.Tag);
        command.CommandText =
            $"""
            SELECT {SqliteReader.TaskColumns} FROM tasks t JOIN plans p USING (plan_no){where}
            ORDER BY t.task_id DESC LIMIT {filter.PageSize.ToString(CultureInfo.InvariantCulture)}
            """;
        using var reader = command.ExecuteReader();
        var found = new List<TaskSummary>();
        while (reader.Read())
            found.Add(SqliteReader.ToSummary(reader));
        return found;
    }

    public static List<DeadLetter> ListDeadLetters(SqliteConnection connection, DeadLetterFilter filter, Guid? before)
    {
        using var command = connection.CreateCommand();
        var where = new Conditions(command);
        if (!filter.Statuses.IsDefaultOrEmpty)
            where.AddAny("status", filter.Statuses.Select(status => status.ToName()));
        where.AddEqual("task_id", filter.TaskId?.ToString());
        where.Add("entry_id <", before?.ToString());
        command.CommandText =
            $"SELECT {DeadLetterColumns} FROM dead_letters{where} ORDER BY entry_id DESC LIMIT {filter.PageSize.ToString(CultureInfo.InvariantCulture)}";
        using var reader = command.ExecuteReader();
        var found = new List<DeadLetter>();
        while (reader.Read())
            found.Add(Read(reader));
        return found;
    }

    public static DeadLetter? FindDeadLetter(SqliteConnection connection, Guid entryId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {DeadLetterColumns} FROM dead_letters WHERE entry_id = $entry_id";
        command.Parameters.AddWithValue("$entry_id", entryId.ToString());
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    public static Guid? FindByIdentity(SqliteConnection connection, string identityHash)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT task_id FROM tasks WHERE identity_hash = $identity_hash";
        command.Parameters.AddWithValue("$identity_hash", identityHash);
        return command.ExecuteScalar() is string id ? Guid.Parse(id) : null;
    }

    private static DeadLetter Read(SqliteDataReader reader)
    {
        try
        {
            return ToDeadLetter(reader);
        }
        catch (Exception exception) when (DamagedRowException.Explains(exception))
        {
            throw new DamagedRowException($"row entry_id = '{reader.GetValue(0)}' of table 'dead_letters'", exception);
        }
    }

    private static DeadLetter ToDeadLetter(SqliteDataReader reader) => new()
    {
        EntryId = Guid.Parse(reader.GetString(0)),
        TaskId = Guid.Parse(reader.GetString(1)),
        Namespace = reader.GetString(2),
        Name = reader.GetString(3),
        Version = reader.GetString(4),
        OriginalState = StateNames.ParseTaskState(reader.GetString(5)),
        Reason = DeadLetterNames.ParseReason(reader.GetString(6)),
        Detail = reader.IsDBNull(7) ? null : reader.GetString(7),
        CreatedAt = StoredTime.Parse(reader.GetString(8)),
        Status = DeadLetterNames.ParseStatus(reader.GetString(9)),
        ResolvedAt = reader.IsDBNull(10) ? null : StoredTime.Parse(reader.GetString(10)),
        ResolvedBy = reader.IsDBNull(11) ? null : reader.GetString(11),
        Notes = reader.IsDBNull(12) ? null : reader.GetString(12),
    };

    private static string? Text(DateTimeOffset? time)
    {
        if (time is not { } value)
            return null;
        Span<byte> text = stackalloc byte[StoredTime.Length];
        StoredTime.Format(value, text);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>A WHERE clause whose values are parameters.</summary>
    private sealed class Conditions(SqliteCommand command)
    {
        private readonly StringBuilder _text = new();

        /// <param name="expression">A column and an operator.</param>
        /// <param name="value">What it is compared with; nothing is added when it is <see langword="null"/>.</param>
        public void Add(string expression, string? value)
        {
            if (value is not null)
                And().Append(expression).Append(' ').Append(Parameter(value));
        }

        public void AddEqual(string column, string? value) => Add(column + " =", value);

        public void AddAny(string column, IEnumerable<string> values) =>
            And().Append(column).Append(" IN (").AppendJoin(", ", values.Select(Parameter)).Append(')');

        public void AddTag(string? tag)
        {
            if (tag is not null)
                And().Append("EXISTS (SELECT 1 FROM json_each(t.tags) WHERE value = ").Append(Parameter(tag)).Append(')');
        }

        public override string ToString() => _text.ToString();

        private StringBuilder And() => _text.Append(_text.Length == 0 ? " WHERE " : " AND ");

        private string Parameter(string value)
        {
            var name = "$p" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
            command.Parameters.AddWithValue(name, value);
            return name;
        }
    }
}
