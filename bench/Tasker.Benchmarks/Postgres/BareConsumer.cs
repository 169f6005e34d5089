using System.Diagnostics;
using Npgsql;
using Tasker.Postgres.Fixture;

namespace Tasker.Benchmarks.Postgres;

/// <summary>
/// The least that a consumer of the same queues does, on one connection and with the same server settings: what the machine and the server allow, beside which
/// the worker's figures can be compared between machines.
/// </summary>
internal sealed class BareConsumer(NpgsqlDataSource database, int batch)
{
    private static readonly string Take = $"""
        WITH message AS MATERIALIZED (SELECT * FROM pgmq.read('{TrivialFlow.Queue}', 30, $1)),
        written AS (
            UPDATE tasker.workflow_steps ws SET results = '{"{}"}' FROM message m
            WHERE ws.workflow_step_uuid = (m.message ->> 'step_uuid')::uuid RETURNING m.msg_id)
        SELECT count(*) FROM pgmq.archive('{TrivialFlow.Queue}', (SELECT array_agg(msg_id) FROM written))
        """;

    private static readonly string Answer = $"""
        WITH written AS (UPDATE tasker.workflow_steps ws SET results = '{"{}"}' WHERE ws.workflow_step_uuid = $1)
        SELECT pgmq_send_with_notify('orchestration_step_results', jsonb_build_object('step_uuid', $1), 0)
        """;

    /// <summary>Empties a queue of enqueued steps.</summary>
    /// <returns>Steps a second.</returns>
    public async Task<double> DrainAsync(int count)
    {
        await EnqueueAsync(count);
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Take, connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = batch } } };
        await command.PrepareAsync();
        var watch = Stopwatch.StartNew();
        while ((long)(await command.ExecuteScalarAsync())! > 0)
        {
            // One batch after the other.
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>From the announcement of a step to the announcement of an answer to it, with one transaction between.</summary>
    /// <returns>The median in milliseconds.</returns>
    public async Task<double> LatencyAsync(int count)
    {
        var waiting = await EnqueueAsync(count);
        await using var worker = await ListenAsync("bench_pg");
        await using var orchestrator = await ListenAsync("orchestration");
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Answer, connection) { Parameters = { new NpgsqlParameter<Guid>() } };
        await command.PrepareAsync();
        var times = new List<double>(count);
        foreach (var step in waiting)
        {
            await Seed.SendAsync(database, TrivialFlow.Namespace, step);
            var sent = Stopwatch.GetTimestamp();
            await worker.WaitAsync();
            ((NpgsqlParameter<Guid>)command.Parameters[0]).TypedValue = step;
            await command.ExecuteNonQueryAsync();
            await orchestrator.WaitAsync();
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        await database.ExecuteAsync($"SELECT pgmq.archive('{TrivialFlow.Queue}', msg_id) FROM pgmq.q_{TrivialFlow.Queue}");
        times.Sort();
        return times[count / 2];
    }

    private async Task<List<Guid>> EnqueueAsync(int count)
    {
        var steps = await Seed.EnqueueAsync(database, TrivialFlow.Namespace, TrivialFlow.StepName, TrivialFlow.StepName, count);
        await database.ExecuteAsync("ANALYZE");
        return steps;
    }

    private async Task<NpgsqlConnection> ListenAsync(string channel)
    {
        var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"LISTEN \"pgmq_message_ready.{channel}\"", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
