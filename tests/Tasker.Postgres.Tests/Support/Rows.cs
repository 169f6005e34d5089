using Npgsql;
using Tasker.Postgres.Fixture;

namespace Tasker.Postgres.Tests.Support;

/// <summary>What tests look up in the database.</summary>
internal static class Rows
{
    /// <summary>The states a step went through, in order.</summary>
    public static Task<List<string>> StatesAsync(this NpgsqlDataSource database, Guid task, string step) => database.QueryAsync(
        """
        SELECT t.to_state FROM tasker.workflow_step_transitions t JOIN tasker.workflow_steps ws USING (workflow_step_uuid)
        JOIN tasker.named_steps ns USING (named_step_uuid) WHERE ws.task_uuid = $1 AND ns.name = $2 ORDER BY t.sort_key
        """,
        row => row.GetString(0),
        task,
        step);

    public static Task<string> StateAsync(this NpgsqlDataSource database, Guid step) => database.ScalarAsync<string>(
        "SELECT to_state FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = $1 AND most_recent",
        step);

    /// <summary>A column of a step, as text.</summary>
    public static Task<string> StepAsync(this NpgsqlDataSource database, Guid task, string step, string column) => database.ScalarAsync<string>(
        $"SELECT COALESCE(({column})::text, 'null') FROM tasker.workflow_steps ws JOIN tasker.named_steps ns USING (named_step_uuid) WHERE ws.task_uuid = $1 AND ns.name = $2",
        task,
        step);

    public static Task<long> QueuedAsync(this NpgsqlDataSource database, CoreFlow flow) => database.ScalarAsync<long>($"SELECT count(*) FROM pgmq.q_{flow.Queue}");

    public static Task<long> ArchivedAsync(this NpgsqlDataSource database, CoreFlow flow) => database.ScalarAsync<long>($"SELECT count(*) FROM pgmq.a_{flow.Queue}");

    /// <summary>Waits until a query is true. Polls the database, which has no other way to tell.</summary>
    public static async Task UntilAsync(this NpgsqlDataSource database, string sql, params object?[] values)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (!await database.ScalarAsync<bool>(sql, values))
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "Never became true: " + sql);
            await database.ExecuteAsync("SELECT pg_sleep(0.02)");
        }
    }

    public static Task UntilStateAsync(this NpgsqlDataSource database, Guid step, string state) => database.UntilAsync(
        "SELECT EXISTS (SELECT FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = $1 AND most_recent AND to_state = $2)",
        step,
        state);
}
