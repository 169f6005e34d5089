using System.Text;
using Microsoft.Data.Sqlite;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Deletes tasks that were finished long enough ago, a few at a time, in the order in which they were created: so it needs no index, and never holds up
/// commits for long. The pages that become free are used for new tasks. A task waits for its durable events to be delivered.
/// </summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="keep">How long a finished task is kept.</param>
internal sealed class SqliteRetention(SqliteConnection connection, TimeSpan keep)
{
    private const int RowsAtOnce = 256;

    /// <summary>While the log tells of a task's life, a crash would let it begin anew without its row.</summary>
    private const string Over =
        "task_no > $cursor AND task_no <= $last AND completed_at < $latest AND state IN ('complete', 'error', 'cancelled', 'resolved_manually') " +
        "AND log_no < (SELECT coalesce(min(log_no), 9223372036854775807) FROM log WHERE coalesce(tasks, steps, running) IS NOT NULL) " +
        "AND task_id NOT IN (SELECT task_id FROM outbox)";

    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private long _cursor;

    /// <summary>When <see cref="Sweep"/> is to be called.</summary>
    public DateTimeOffset Next { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The clock may have been set back since the last sweep.</summary>
    public void FollowClock(DateTimeOffset now)
    {
        if (Next > now + BetweenSweeps)
            Next = now + BetweenSweeps;
    }

    /// <summary>Looks at the next tasks, and deletes those that are not to be kept.</summary>
    /// <exception cref="SqliteException">Nothing was deleted.</exception>
    public void Sweep(DateTimeOffset now)
    {
        Next = now + BetweenSweeps;
        var latest = Text(now - keep);
        var (last, isYoung) = FindSlice(latest);
        if (last > _cursor)
            Delete(last, latest);
        _cursor = isYoung ? 0 : last;
        if (!isYoung)
            Next = now;
    }

    /// <returns>The last task of the slice, and whether no later one can be old enough.</returns>
    private (long Last, bool IsYoung) FindSlice(string latest)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT coalesce(max(task_no), $cursor), count(*) < $limit OR max(created_at) >= $latest
            FROM (SELECT task_no, created_at FROM tasks WHERE task_no > $cursor ORDER BY task_no LIMIT $limit)
            """;
        command.Parameters.AddWithValue("$cursor", _cursor);
        command.Parameters.AddWithValue("$limit", RowsAtOnce);
        command.Parameters.AddWithValue("$latest", latest);
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetBoolean(1));
    }

    private void Delete(long last, string latest)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            $"""
            DELETE FROM dead_letters WHERE task_id IN (SELECT task_id FROM tasks WHERE {Over});
            DELETE FROM tasks WHERE {Over};
            """;
        command.Parameters.AddWithValue("$cursor", _cursor);
        command.Parameters.AddWithValue("$last", last);
        command.Parameters.AddWithValue("$latest", latest);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static string Text(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[StoredTime.Length];
        StoredTime.Format(time, text);
        return Encoding.UTF8.GetString(text);
    }
}
