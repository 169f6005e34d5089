using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>
/// A worker killed at each point of the crash matrix (protocol sheet §4.6), with the queues beside the steps and in another database. It is held at the point by
/// a lock that its next statement needs, killed there, and its sessions ended; then another worker and the orchestrator bring the task to its end.
/// </summary>
public sealed class CrashMatrixTests(SplitDatabases databases) : IClassFixture<SplitDatabases>
{
    private static readonly string[] Ran = ["pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete"];

    private static readonly string[] Repeated =
    [
        "pending", "enqueued", "in_progress", "enqueued_as_error_for_orchestration", "waiting_for_retry",
        "pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Before_the_claim_is_committed_the_message_stays_for_another_worker(bool split)
    {
        await using var run = await Run.StartAsync(databases, split);
        await using (var hold = await run.HoldStepAsync())
            await run.KillAtLockAsync(hold, "run");

        Assert.Equal(Ran, await run.FinishAsync());
    }

    /// <summary>Beside the steps the point does not exist: what is not archived is not claimed. Elsewhere the claim is recovered and the message found out of date.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Between_the_claim_and_the_archive(bool split)
    {
        await using var run = await Run.StartAsync(databases, split);
        await using (var hold = await run.HoldTableAsync($"pgmq.a_{run.Flow.Queue}"))
            await run.KillAtLockAsync(hold, "run");

        Assert.Equal(split ? Repeated : Ran, await run.FinishAsync());
        await run.Queues.UntilAsync($"SELECT count(*) = 0 FROM pgmq.q_{run.Flow.Queue}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_the_handler_runs_the_claim_is_recovered(bool split)
    {
        await using var run = await Run.StartAsync(databases, split);
        using (var worker = await run.WorkAsync("hang"))
        {
            await run.Steps.UntilStateAsync(run.Step, "in_progress");
            await run.Queues.UntilAsync($"SELECT count(*) = 1 FROM pgmq.a_{run.Flow.Queue}");
            worker.Kill();
        }

        Assert.Equal(Repeated, await run.FinishAsync());
    }

    /// <summary>The point does not exist here: the transition and the result are one statement, and neither is there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Between_the_transition_and_the_result(bool split)
    {
        await using var run = await Run.StartAsync(databases, split);
        using (var worker = await run.WorkAsync("gate"))
        {
            await run.Steps.UntilStateAsync(run.Step, "in_progress");
            await using var hold = await run.HoldStepAsync();
            await worker.ReleaseAsync();
            await run.KillAtLockAsync(hold, worker);
        }

        Assert.Equal("in_progress", await run.Steps.StateAsync(run.Step));
        Assert.Equal(Repeated, await run.FinishAsync());
    }

    /// <summary>Beside the steps the point does not exist either. Elsewhere the result is there, and another worker announces it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Between_the_result_and_the_message_about_it(bool split)
    {
        await using var run = await Run.StartAsync(databases, split);
        using (var worker = await run.WorkAsync("gate"))
        {
            await run.Steps.UntilStateAsync(run.Step, "in_progress");
            await using var hold = await run.HoldTableAsync("pgmq.q_orchestration_step_results");
            await worker.ReleaseAsync();
            await run.KillAtLockAsync(hold, worker);
        }

        Assert.Equal(split ? "enqueued_for_orchestration" : "in_progress", await run.Steps.StateAsync(run.Step));
        Assert.Equal(split ? Ran : Repeated, await run.FinishAsync());
    }

    /// <summary>Beside the steps the point does not exist. Elsewhere the event is kept with the result, and another worker sends it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Between_the_result_and_the_event_that_tells_of_it(bool split)
    {
        var flow = new CoreFlow();
        await using var run = await Run.StartAsync(databases, split, flow.Add(flow.DefineTelling("only"), CoreFlow.Ran));
        using (var worker = await run.WorkAsync("tell"))
        {
            await run.Steps.UntilStateAsync(run.Step, "in_progress");
            await using var hold = await run.HoldTableAsync($"pgmq.q_{flow.EventQueue}");
            await worker.ReleaseAsync();
            await run.KillAtLockAsync(hold, worker);
        }

        Assert.Equal(split ? "enqueued_for_orchestration" : "in_progress", await run.Steps.StateAsync(run.Step));
        Assert.Equal(split ? Ran : Repeated, await run.FinishAsync());
        await run.UntilEventAsync();
    }

    /// <summary>No other message leads to the event then: the step is where nobody looks for results.</summary>
    [Fact]
    public async Task Between_the_result_and_the_event_of_a_task_that_is_cancelled_before_anybody_looks()
    {
        var flow = new CoreFlow();
        await using var run = await Run.StartAsync(databases, split: true, flow.Add(flow.DefineTelling("only"), CoreFlow.Ran));
        using (var worker = await run.WorkAsync("tell"))
        {
            await run.Steps.UntilStateAsync(run.Step, "in_progress");
            await using var hold = await run.HoldTableAsync($"pgmq.q_{flow.EventQueue}");
            await worker.ReleaseAsync();
            await run.KillAtLockAsync(hold, worker);
        }

        Assert.Equal(["pending", "enqueued", "in_progress", "enqueued_for_orchestration", "cancelled"], await run.CancelAsync());
        await run.UntilEventAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_the_message_the_orchestrator_goes_on_without_the_worker(bool split)
    {
        await using var run = await Run.StartAsync(databases, split);
        using (var worker = await run.WorkAsync("run"))
        {
            await run.Steps.UntilAsync(
                "SELECT EXISTS (SELECT FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = $1 AND to_state = 'complete')", run.Step);
            worker.Kill();
        }

        Assert.Equal(Ran, await run.FinishAsync(withWorker: false));
    }

    /// <summary>One task of one step, its orchestrator, and the workers that are killed or go on.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly TestDatabase _stepsDatabase;
        private readonly TestDatabase _queuesDatabase;
        private readonly StandInOrchestrator _orchestrator;
        private readonly string _sessions;
        private Guid _task;

        private Run(SplitDatabases databases, bool split, CoreFlow flow)
        {
            Flow = flow;
            (_stepsDatabase, _queuesDatabase) = split ? (databases.Steps, databases.Queues) : (databases.Together, databases.Together);
            _sessions = "mortal_" + Flow.Namespace;
            _orchestrator = new StandInOrchestrator(Steps, new PgmqQueues(Queues));
        }

        public CoreFlow Flow { get; }

        public Guid Step { get; private set; }

        public NpgsqlDataSource Steps => _stepsDatabase.DataSource;

        public NpgsqlDataSource Queues => _queuesDatabase.DataSource;

        private bool IsSplit => _stepsDatabase != _queuesDatabase;

        /// <summary>A task whose step is enqueued, and no worker.</summary>
        public static async Task<Run> StartAsync(SplitDatabases databases, bool split, CoreFlow? flow = null)
        {
            var run = new Run(databases, split, flow ?? new CoreFlow().Step("only"));
            await using (await run.StartWorkerAsync())
            {
            }

            run._task = await run._orchestrator.StartTaskAsync(run.Flow.Namespace, "flow", "1.0.0", "{}");
            run.Step = await run.Steps.ScalarAsync<Guid>("SELECT workflow_step_uuid FROM tasker.workflow_steps WHERE task_uuid = $1", run._task);
            return run;
        }

        public Task<KillableWorker> WorkAsync(string mode) =>
            KillableWorker.StartAsync(Mortal(_stepsDatabase), Flow, "mortal", mode, IsSplit ? Mortal(_queuesDatabase) : null);

        /// <summary>Holds up what writes to the step's row.</summary>
        public async Task<Hold> HoldStepAsync()
        {
            var hold = await Hold.BeginAsync(Steps);
            await hold.ExecuteAsync($"SELECT FROM tasker.workflow_steps WHERE workflow_step_uuid = '{Step}' FOR UPDATE");
            return hold;
        }

        /// <summary>Holds up what writes to a table of the queues.</summary>
        public async Task<Hold> HoldTableAsync(string table)
        {
            var hold = await Hold.BeginAsync(Queues);
            await hold.ExecuteAsync($"LOCK TABLE {table} IN SHARE MODE");
            return hold;
        }

        public async Task KillAtLockAsync(Hold hold, string mode)
        {
            using var worker = await WorkAsync(mode);
            await KillAtLockAsync(hold, worker);
        }

        /// <summary>Kills a worker when a statement of it waits for a lock. The server must not go on with the statement, as it would not after a crash of its own.</summary>
        public async Task KillAtLockAsync(Hold hold, KillableWorker worker)
        {
            await Steps.UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock')", _sessions);
            worker.Kill();
            await Steps.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", _sessions);
            await Steps.UntilAsync("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1)", _sessions);
            await hold.EndAsync();
        }

        /// <summary>Lets another worker work until the task is complete.</summary>
        /// <returns>The states that the step went through.</returns>
        public async Task<List<string>> FinishAsync(bool withWorker = true)
        {
            // A message that was read is hidden for half a minute.
            await Queues.ExecuteAsync($"UPDATE pgmq.q_{Flow.Queue} SET vt = now()");
            await using var worker = withWorker ? await StartWorkerAsync() : null;
            Assert.Equal("complete", await _orchestrator.WaitAsync(_task, CoreHost.Token));
            return await Steps.StatesAsync(_task, "only");
        }

        /// <summary>Has the task cancelled.</summary>
        /// <returns>The states that the step went through.</returns>
        public async Task<List<string>> CancelAsync()
        {
            await _orchestrator.CancelAsync(_task);
            return await Steps.StatesAsync(_task, "only");
        }

        /// <summary>Waits until the event of the step's result is in its queue, once, and nowhere else, with a worker at work.</summary>
        public async Task UntilEventAsync()
        {
            await using var worker = await StartWorkerAsync();
            if (IsSplit)
            {
                // Its own worker is given half a minute.
                await Steps.ExecuteAsync("UPDATE pgmq.q_tasker_dotnet_events SET vt = now() WHERE message ->> 'queue' = $1", Flow.EventQueue);
                await Steps.UntilAsync("SELECT NOT EXISTS (SELECT FROM pgmq.q_tasker_dotnet_events WHERE message ->> 'queue' = $1)", Flow.EventQueue);
            }

            Assert.Equal(
                (await Steps.ScalarAsync<string>("SELECT results ->> 'step_uuid' FROM tasker.workflow_steps WHERE workflow_step_uuid = $1", Step), 1L),
                (await Queues.ScalarAsync<string>($"SELECT min(message #>> '{{payload,execution_result,step_uuid}}') FROM pgmq.q_{Flow.EventQueue}"),
                    await Queues.ScalarAsync<long>($"SELECT count(*) FROM pgmq.q_{Flow.EventQueue}")));
        }

        public ValueTask DisposeAsync() => _orchestrator.DisposeAsync();

        private Task<CoreHost> StartWorkerAsync() => CoreHost.StartAsync(
            _stepsDatabase,
            Flow,
            options => options.WorkerSilence = TimeSpan.FromSeconds(1),
            more: tasker =>
            {
                if (IsSplit)
                    tasker.UsePgmqDatabase(_queuesDatabase.ConnectionString);
            });

        private string Mortal(TestDatabase database) => new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = _sessions }.ConnectionString;
    }

    /// <summary>A lock, held until it is ended.</summary>
    private sealed class Hold(NpgsqlConnection connection) : IAsyncDisposable
    {
        public static async Task<Hold> BeginAsync(NpgsqlDataSource database)
        {
            var hold = new Hold(await database.OpenConnectionAsync(CoreHost.Token));
            await hold.ExecuteAsync("BEGIN");
            return hold;
        }

        public async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(CoreHost.Token);
        }

        public Task EndAsync() => ExecuteAsync("ROLLBACK");

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
