using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Server;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>What becomes of steps when workers race, die, or lose their server (protocol sheet §4.3, §4.6).</summary>
public sealed class FaultTests(Databases databases)
{
    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task Sixteen_workers_race_for_a_thousand_steps_and_none_runs_twice()
    {
        const int steps = 1000;
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var waiting = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", steps);
        var hosts = new List<CoreHost>();
        try
        {
            for (var i = 0; i < 16; i++)
                hosts.Add(CoreHost.Build(databases.Shared, flow, slots: 4));
            await Task.WhenAll(hosts.Select(host => host.StartAsync()));

            // Half of them are announced to all workers at once as well, so that every message comes by many times.
            await Database.ExecuteAsync(
                """
                SELECT pg_notify('pgmq_message_ready.' || $1, jsonb_build_object('event_type', 'message_with_payload', 'msg_id', msg_id,
                    'queue_name', $2, 'namespace', $1, 'message', message, 'delay_seconds', 0)::text)
                """ + $" FROM pgmq.q_{flow.Queue} WHERE msg_id % 2 = 0",
                flow.Namespace,
                flow.Queue);
            await UntilAllAsync(waiting, "enqueued_for_orchestration");
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }

        Assert.Equal(steps, flow.Runs["only"]);
        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
        Assert.Equal(1, await Database.ScalarAsync<int>("SELECT max(attempts) FROM tasker.workflow_steps WHERE workflow_step_uuid = ANY ($1)", waiting.ToArray()));
        Assert.Equal(
            steps,
            await Database.ScalarAsync<long>(
                "SELECT count(*) FROM tasker.workflow_step_transitions WHERE to_state = 'in_progress' AND workflow_step_uuid = ANY ($1)",
                waiting.ToArray()));
        Assert.Equal(0, await Database.QueuedAsync(flow));
    }

    [Fact]
    public async Task A_worker_killed_while_it_runs_steps_leaves_claims_that_it_recovers_when_it_starts_again()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        using (var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "phoenix", "hang"))
        {
            await Database.UntilStateAsync(step, "in_progress");
            worker.Kill();
        }

        // A peer with another name waits for the silence; the worker itself, started again, does not.
        await using var peer = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromHours(1));
        using var again = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "phoenix", "run");
        await Database.UntilStateAsync(step, "enqueued_as_error_for_orchestration");

        await AssertLostAsync(step);
        Assert.Equal(0, peer.Log.Count(430));
    }

    [Fact]
    public async Task A_peer_recovers_the_claims_of_a_worker_that_is_gone_and_leaves_those_of_one_that_lives()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var steps = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 2);
        await Database.ExecuteAsync($"DELETE FROM pgmq.q_{flow.Queue}");
        using var dead = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "dead", "hang");
        await Seed.SendAsync(Database, flow.Namespace, steps[0]);
        await Database.UntilStateAsync(steps[0], "in_progress");
        dead.Kill();
        using var alive = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "alive", "hang");
        await Seed.SendAsync(Database, flow.Namespace, steps[1]);
        await Database.UntilStateAsync(steps[1], "in_progress");

        await using var peer = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        Assert.Contains("dead", await peer.Log.WaitForAsync(430), StringComparison.Ordinal);

        await AssertLostAsync(steps[0]);
        Assert.Equal("in_progress", await Database.StateAsync(steps[1]));
    }

    [Fact]
    public async Task Workers_killed_at_any_moment_lose_no_step()
    {
        const int steps = 300;
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var waiting = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", steps);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine("seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < 3; i++)
        {
            using var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "mortal", "run");
            await Database.ExecuteAsync("SELECT pg_sleep($1)", random.NextDouble() / 10);
            worker.Kill();
        }

        await using var peer = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        await Database.ExecuteAsync($"UPDATE pgmq.q_{flow.Queue} SET vt = now()");
        await Database.UntilAsync(
            """
            SELECT count(*) = 0 FROM tasker.workflow_step_transitions
            WHERE most_recent AND to_state IN ('enqueued', 'in_progress') AND workflow_step_uuid = ANY ($1)
            """,
            waiting.ToArray());

        // Every outcome was stored with its message, and nothing in between.
        Assert.Equal(0, await Database.ScalarAsync<long>(
            """
            SELECT count(*) FROM tasker.workflow_steps ws WHERE workflow_step_uuid = ANY ($1) AND (ws.results IS NULL OR ws.in_process
                OR 1 <> (SELECT count(*) FROM pgmq.q_orchestration_step_results q WHERE q.message ->> 'step_uuid' = ws.workflow_step_uuid::text))
            """,
            waiting.ToArray()));
    }

    [Fact]
    public async Task A_server_that_crashes_and_comes_back_loses_no_step()
    {
        await using var database = await TestDatabase.CreatePrivateAsync("fsync=off");
        var flow = new CoreFlow().Step("only", [], async context =>
        {
            await Task.Yield();
            return "{}";
        });
        await RegisterAsync(flow, database);
        await using var host = await CoreHost.StartAsync(database, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        var waiting = await Seed.EnqueueAsync(database.DataSource, flow.Namespace, "flow", "only", 400);
        await database.CrashAsync();
        database.DataSource.Clear();
        await database.DataSource.ExecuteAsync($"UPDATE pgmq.q_{flow.Queue} SET vt = now()");

        await UntilAllAsync(waiting, "enqueued_for_orchestration", "enqueued_as_error_for_orchestration", database.DataSource);
        var after = (await Seed.EnqueueAsync(database.DataSource, flow.Namespace, "flow", "only", 1))[0];
        await database.DataSource.UntilStateAsync(after, "enqueued_for_orchestration");
    }

    /// <summary>Claims do not wait for the disk. Here the server keeps them in memory for longer than the test takes, and then it dies.</summary>
    [Fact]
    public async Task A_claim_that_a_crashed_server_has_forgotten_is_made_again_and_only_the_second_run_counts()
    {
        await using var database = await TestDatabase.CreatePrivateAsync("wal_writer_delay=10s", "autovacuum=off");
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var runs = 0;
        var flow = new CoreFlow().Step("only", [], async _ =>
        {
            var run = Interlocked.Increment(ref runs);
            if (run == 1)
            {
                begun.SetResult();
                await gate.Task;
            }

            return $$"""{"run":{{run}}}""";
        });
        await RegisterAsync(flow, database);
        await using var host = await CoreHost.StartAsync(database, flow);
        var step = (await Seed.EnqueueAsync(database.DataSource, flow.Namespace, "flow", "only", 1))[0];
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);
        await database.CrashAsync();
        database.DataSource.Clear();

        await database.DataSource.UntilStateAsync(step, "enqueued_for_orchestration");
        gate.SetResult();
        await host.Log.WaitForAsync(422);

        Assert.Equal(2, runs);
        Assert.Equal(
            ("2", 1, "pending,enqueued,in_progress,enqueued_for_orchestration", 1L),
            (await database.DataSource.QueryAsync(
                """
                SELECT results #>> '{result,run}', attempts,
                    (SELECT string_agg(to_state, ',' ORDER BY sort_key) FROM tasker.workflow_step_transitions t WHERE t.workflow_step_uuid = ws.workflow_step_uuid),
                    (SELECT count(*) FROM pgmq.q_orchestration_step_results q WHERE q.message ->> 'step_uuid' = ws.workflow_step_uuid::text)
                FROM tasker.workflow_steps ws WHERE workflow_step_uuid = $1
                """,
                row => (row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetInt64(3)),
                step)).Single());
        Assert.Equal(1, await database.DataSource.ArchivedAsync(flow));
        Assert.Equal(0, await database.DataSource.QueuedAsync(flow));
    }

    [Fact]
    public async Task Dropped_connections_lose_no_step()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        await using var proxy = new PostgresProxy(databases.Shared.ConnectionString);
        await using var host = await CoreHost.StartAsync(
            databases.Shared,
            flow,
            options => options.WorkerSilence = TimeSpan.FromSeconds(1),
            connectionString: proxy.ConnectionString);
        var waiting = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 400);
        for (var i = 0; i < 5; i++)
        {
            await Database.ExecuteAsync("SELECT pg_sleep(0.05)");
            proxy.CutOnce();
            await Database.ExecuteAsync($"UPDATE pgmq.q_{flow.Queue} SET vt = now()");
        }

        await Database.UntilAsync(
            """
            SELECT count(*) = 0 FROM tasker.workflow_step_transitions
            WHERE most_recent AND to_state IN ('enqueued', 'in_progress') AND workflow_step_uuid = ANY ($1)
            """,
            waiting.ToArray());
        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public async Task Outcomes_wait_for_a_database_that_is_away()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await RegisterAsync(flow);
        await using var proxy = new PostgresProxy(databases.Shared.ConnectionString);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, connectionString: proxy.ConnectionString);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await gate.UntilBegunAsync();
        proxy.Cut();
        gate.Open();
        await host.Log.WaitForAsync(420);
        proxy.Mend();

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    /// <summary>A session that listens and never ends its transaction keeps all notifications of the server. That is no fault of the result.</summary>
    [Fact]
    public async Task Outcomes_wait_for_room_among_the_servers_notifications()
    {
        await using var database = await TestDatabase.CreatePrivateAsync("fsync=off");
        if (await database.DataSource.ScalarAsync<int>("SELECT current_setting('server_version_num')::int") < 170_000)
            Assert.Skip("Before PostgreSQL 17 the queue of notifications has 8 GB.");
        await database.DataSource.ExecuteAsync("ALTER SYSTEM SET max_notify_queue_pages = 64");
        await database.CrashAsync();
        database.DataSource.Clear();
        var gate = new Gate();
        var flow = gate.Before("only");
        await RegisterAsync(flow, database);
        await using var host = await CoreHost.StartAsync(database, flow);
        var step = (await Seed.EnqueueAsync(database.DataSource, flow.Namespace, "flow", "only", 1))[0];
        await gate.UntilBegunAsync();
        await using var sleeper = await database.DataSource.OpenConnectionAsync(CoreHost.Token);
        foreach (var sql in new[] { "LISTEN other", "BEGIN", "SELECT 1" })
        {
            await using var command = new NpgsqlCommand(sql, sleeper);
            await command.ExecuteNonQueryAsync(CoreHost.Token);
        }

        await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
                await database.DataSource.ExecuteAsync("SELECT pg_notify('other', repeat('x', 7000) || $1)", i);
        });
        gate.Open();
        Assert.Contains("NOTIFY queue", await host.Log.WaitForAsync(420), StringComparison.Ordinal);
        await using (var end = new NpgsqlCommand("ROLLBACK", sleeper))
            await end.ExecuteNonQueryAsync(CoreHost.Token);

        // The server clears a full queue only when it is asked how full it is.
        await database.DataSource.UntilAsync("SELECT pg_notification_queue_usage() < 0.5");
        await database.DataSource.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    [Fact]
    public async Task A_lost_listening_connection_is_made_again()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await Database.ExecuteAsync($"DELETE FROM pgmq.q_{flow.Queue}");
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = TimeSpan.FromHours(1));
        await host.Log.WaitForAsync(403);
        await Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '%advisory%'", host.ApplicationName);
        await host.Log.WaitForAsync(404);
        await Database.UntilAsync("SELECT $1 > 0", await WaitForSecondListenAsync(host));
        await Seed.SendAsync(Database, flow.Namespace, step);

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    /// <summary>A connection that is lost on the way may go on for the server, and hold the lock of the process, until long after there is a new one.</summary>
    [Fact]
    public async Task A_worker_whose_old_connection_ends_after_the_new_one_has_begun_still_counts_as_living()
    {
        const string Holders = "SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = ";
        var flow = new CoreFlow().Step("only");
        await using var proxy = new PostgresProxy(databases.Shared.ConnectionString);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, connectionString: proxy.ConnectionString);
        await host.Log.WaitForAsync(403);
        var key = await Database.ScalarAsync<long>(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND pid = (" + Holders + "$1)", host.ApplicationName);
        await using var old = await Database.OpenConnectionAsync(CoreHost.Token);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock_shared($1)", old) { Parameters = { new NpgsqlParameter<long> { TypedValue = key } } };
        var taken = take.ExecuteNonQueryAsync(CoreHost.Token);
        await Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM (" + Holders + "$1) AS holder", host.ApplicationName);
        await taken;
        Assert.Equal(1, await WaitForSecondListenAsync(host));

        await using (var leave = new NpgsqlCommand("SELECT pg_advisory_unlock_shared($1)", old) { Parameters = { new NpgsqlParameter<long> { TypedValue = key } } })
            await leave.ExecuteNonQueryAsync(CoreHost.Token);

        Assert.True(await Database.ScalarAsync<bool>("SELECT EXISTS (" + Holders + "$1)", host.ApplicationName));
    }

    [Fact]
    public async Task A_cancelled_task_stops_its_running_handler_and_the_outcome_is_dropped()
    {
        var begun = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        var flow = new CoreFlow().Step("long", [], async context =>
        {
            begun.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            finally
            {
                stopped.TrySetResult();
            }

            return "{}";
        });
        await using var orchestrator = new Fixture.Orchestrator.StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);

        await orchestrator.CancelAsync(task);

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);
        await host.Log.WaitForAsync(422);
        Assert.Equal(["pending", "enqueued", "in_progress", "cancelled"], await Database.StatesAsync(task, "long"));
    }

    [Fact]
    public async Task A_worker_that_stops_finishes_what_runs_and_claims_no_more()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await RegisterAsync(flow);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, slots: 1);
        var steps = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 2);
        await gate.UntilBegunAsync();
        var stopping = host.StopAsync();
        gate.Open();
        await stopping;

        var states = new[] { await Database.StateAsync(steps[0]), await Database.StateAsync(steps[1]) };
        Assert.Equal(["enqueued", "enqueued_for_orchestration"], states.Order());
    }

    [Fact]
    public async Task A_step_that_does_not_finish_in_time_when_the_worker_stops_is_reported_as_a_retryable_failure()
    {
        var begun = new TaskCompletionSource();
        var flow = new CoreFlow().Step("only", [], async context =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return "{}";
        });
        await RegisterAsync(flow);
        await using var host = await CoreHost.StartAsync(
            databases.Shared,
            flow,
            more: tasker => tasker.ConfigureWorker(options => options.ShutdownGrace = TimeSpan.Zero));
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);
        await host.StopAsync();

        Assert.Equal("enqueued_as_error_for_orchestration", await Database.StateAsync(step));
        Assert.Equal("worker_stopped", await Database.ScalarAsync<string>("SELECT results #>> '{metadata,error_type}' FROM tasker.workflow_steps WHERE workflow_step_uuid = $1", step));
    }

    /// <summary>Also when a queue is missing, of which the log would be told.</summary>
    [Fact]
    public async Task A_log_that_throws_keeps_no_step_from_ending()
    {
        var log = new BrokenLog();
        var flow = new CoreFlow().Step("only");
        flow.Add(flow.Define("fails", []), static (_, _) => throw new PermanentException("no"));
        await using var host = await CoreHost.StartAsync(
            databases.Shared,
            flow,
            slots: 1,
            more: tasker => tasker.Services.AddLogging(logging => logging.AddProvider(log).AddFilter<BrokenLog>("Npgsql", LogLevel.Trace)));
        var failing = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "fails", 1))[0];
        await Database.UntilStateAsync(failing, "enqueued_as_error_for_orchestration");
        await Database.ExecuteAsync("SELECT pgmq.drop_queue($1)", flow.Queue);
        await Database.UntilAsync("SELECT to_regclass($1) IS NOT NULL", $"pgmq.q_{flow.Queue}");
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
        Assert.NotEqual(0, log.DriverLines);
    }

    [Fact]
    public async Task A_missing_queue_is_created_again()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await Database.ExecuteAsync("SELECT pgmq.drop_queue($1)", flow.Queue);
        await host.Log.WaitForAsync(413);
        await Database.UntilAsync("SELECT to_regclass($1) IS NOT NULL", $"pgmq.q_{flow.Queue}");
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    private static async Task<int> WaitForSecondListenAsync(CoreHost host)
    {
        var limit = Stopwatch.StartNew();
        while (host.Log.Count(403) < 2 && limit.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Yield();
        return host.Log.Count(403) - 1;
    }

    private async Task AssertLostAsync(Guid step)
    {
        var (type, retryable, inProcess) = (await Database.QueryAsync(
            "SELECT results #>> '{metadata,error_type}', results #>> '{metadata,retryable}', in_process FROM tasker.workflow_steps WHERE workflow_step_uuid = $1",
            row => (row.GetString(0), row.GetString(1), row.GetBoolean(2)),
            step)).Single();
        Assert.Equal(("worker_lost", "true", false), (type, retryable, inProcess));
    }

    private async Task UntilAllAsync(List<Guid> steps, string state, string? orState = null, NpgsqlDataSource? database = null) =>
        await (database ?? Database).UntilAsync(
            "SELECT count(*) = $2 FROM tasker.workflow_step_transitions WHERE most_recent AND to_state = ANY ($3) AND workflow_step_uuid = ANY ($1)",
            steps.ToArray(),
            (long)steps.Count,
            new[] { state, orState ?? state });

    private async Task RegisterAsync(CoreFlow flow, TestDatabase? database = null)
    {
        await using var host = await CoreHost.StartAsync(database ?? databases.Shared, flow);
    }
}
