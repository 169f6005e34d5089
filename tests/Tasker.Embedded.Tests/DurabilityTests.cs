using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Tests.Support;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>What people did to tasks, and what limits say about them, survives an engine that ends without a word.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private bool _mended;

    public void Dispose() => _folder.Dispose();

    private Task<EngineHost> StartAsync(params Flow[] flows) => EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), flows, _time);

    private static async Task<TaskHandle> StartTaskAsync(EngineHost host, Flow flow, StartOptions? options = null) =>
        await host.Client.StartAsync(flow.Template, "{}", options, EngineHost.Token);

    private static async Task CrashAsync(EngineHost host)
    {
        host.Crash();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_cancelled_task_stays_cancelled()
    {
        var gate = new Gate();
        var flow = new Flow().Add(Flow.Define("a", []), gate.RunAsync).Step("b", "a");
        var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        await task.CancelAsync(EngineHost.Token);
        await CrashAsync(host);

        gate.Open();
        await using var next = await StartAsync(flow);

        var after = await next.Client.WaitAsync(task.Id, EngineHost.Token);
        Assert.Equal(TaskState.Cancelled, after.State);
        Assert.All(after.Steps, step => Assert.Equal(StepState.Cancelled, step.State));
        Assert.Contains("300: Embedded engine started; 0 unfinished tasks go on", next.Logged);
        Assert.Equal(1, flow.Runs["a"]);
    }

    [Fact]
    public async Task A_reset_counts_although_the_process_before_stored_the_task_without_a_word_in_the_log()
    {
        var gate = new Gate();
        var flow = new Flow().Add(Flow.Define("a", []), FailOrRunAsync).Add(Flow.Define("b", []), FailOrRunAsync).Step("c", "a", "b");
        Guid id;
        await using (var first = await StartAsync(flow))
        {
            id = (await first.RunAsync(flow)).TaskId;
            await first.Client.ResolveStepAsync(id, "a", StepResolution.ResolveManually("by hand", "bob"), EngineHost.Token);
        }

        _mended = true;
        var second = await StartAsync(flow);
        await second.Client.ResolveStepAsync(id, "b", StepResolution.ResetForRetry("mended", "bob"), EngineHost.Token);
        await gate.EnteredAsync();
        await CrashAsync(second);

        gate.Open();
        await using var third = await StartAsync(flow);
        Assert.Equal(TaskState.Complete, (await third.Client.WaitAsync(id, EngineHost.Token)).State);

        ValueTask FailOrRunAsync(StepContext context, StepOutcome outcome) =>
            _mended ? gate.RunAsync(context, outcome) : throw new PermanentException("Not yet.");
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_keep_rows_behind_the_log()
    {
        var time = new AdjustableTime();
        var gate = new Gate();
        var flow = new Flow().Step("a").Add(Flow.Define("b", ["a"]), gate.RunAsync);
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [flow], time);
        await StartTaskAsync(host, flow);
        await gate.EnteredAsync();

        time.SetBack(TimeSpan.FromDays(3));
        await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        time.Advance(TimeSpan.FromSeconds(3));
        await StartTaskAsync(host, flow);

        // Upkeep follows the commit that the start of a task waits for.
        while ((long)_folder.Query("SELECT count(*) FROM steps_overview WHERE step = 'a' AND state = 'complete'")! < 2)
        {
            EngineHost.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_blocked_task_is_mended_by_a_later_process_and_its_history_is_whole()
    {
        var flow = new Flow()
            .Fails("a", [], new RetryPolicy { MaxAttempts = 2, Backoff = BackoffStrategy.None }, _ => _mended ? null : new StepFailure { Message = "m", ErrorType = "e", Retryable = true })
            .Step("b", "a");
        var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);
        var before = await task.GetHistoryAsync(EngineHost.Token);
        await CrashAsync(host);

        host = await StartAsync(flow);
        Assert.Contains("300: Embedded engine started; 0 unfinished tasks go on", host.Logged);
        Assert.Equal(TaskState.BlockedByFailures, (await host.Client.WaitAsync(task.Id, EngineHost.Token)).State);
        Assert.Equal(before.Entries, (await host.Client.GetHistoryAsync(task.Id, EngineHost.Token))!.Entries);
        _mended = true;
        await host.Client.Handle(task.Id).ResetForRetryAsync("a", "Mended.", "ada", EngineHost.Token);
        Assert.Equal(TaskState.Complete, (await host.Client.WaitAsync(task.Id, EngineHost.Token)).State);
        await CrashAsync(host);

        await using var last = await StartAsync(flow);
        var after = (await last.Client.GetHistoryAsync(task.Id, EngineHost.Token))!;
        Assert.Equal(before.OfTask(), after.OfTask().Take(before.OfTask().Count()));
        Assert.Equal(before.OfStep("a"), after.OfStep("a").Take(before.OfStep("a").Count()));
        Assert.Equal("Mended.", Assert.Single(after.OfStep("a"), entry => entry.By == "ada").Reason);
        Assert.Equal("complete", after.OfTask().Last().To);
        Assert.Equal(3, flow.Runs["a"]);
    }

    [Fact]
    public async Task A_request_is_the_same_also_for_a_later_process()
    {
        var flow = new Flow().Step("a");
        var options = new StartOptions { IdempotencyKey = "order-7", Tags = ["x", "y"] };
        var host = await StartAsync(flow);
        var first = await StartTaskAsync(host, flow, options);
        await CrashAsync(host);

        await using var next = await StartAsync(flow);
        var second = await StartTaskAsync(next, flow, options);

        Assert.Equal((first.Id, false), (second.Id, second.IsNew));
        Assert.Equal(["x", "y"], (await second.WaitAsync(EngineHost.Token)).Options.Tags);
        Assert.Equal(1L, _folder.Query("SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task A_limit_goes_on_counting_and_a_dead_letter_stays()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(10) }).Add(Flow.Define("a", []), gate.RunAsync);
        var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        await CrashAsync(host);
        _time.Advance(TimeSpan.FromMinutes(9));

        host = await StartAsync(flow);
        await gate.EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TaskState.Error, (await host.Client.WaitAsync(task.Id, EngineHost.Token)).State);
        var letter = Assert.Single((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters);
        await CrashAsync(host);

        await using var last = await StartAsync(flow);
        Assert.Equal(letter, Assert.Single((await last.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters));
        Assert.Equal(TaskState.Error, (await last.Client.WaitAsync(task.Id, EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_stale_task_that_is_kept_going_becomes_a_dead_letter_once_whoever_runs_it()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(10), AutoFailOnTimeout = false }).Add(Flow.Define("a", []), gate.RunAsync);
        var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TaskState.StepsInProcess, (await task.GetAsync(EngineHost.Token)).State);
        var letter = Assert.Single((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters);
        await CrashAsync(host);
        _time.Advance(TimeSpan.FromMinutes(10));

        await using var next = await StartAsync(flow);
        await gate.EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(TaskState.StepsInProcess, (await next.Client.GetAsync(task.Id, EngineHost.Token))!.State);
        Assert.Equal(letter, Assert.Single((await next.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters));
        await next.Client.CancelAsync(task.Id, EngineHost.Token);
    }

    [Fact]
    public async Task A_task_that_could_not_be_stored_never_becomes_stale()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(10) }).Add(Flow.Define("a", []), gate.RunAsync);
        await using var host = await StartAsync(flow);
        _folder.Query("CREATE TRIGGER refused BEFORE INSERT ON tasks BEGIN SELECT RAISE(ABORT, 'refused'); END");
        _folder.Query("CREATE TRIGGER refused_too BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await Assert.ThrowsAsync<TaskStoreException>(async () => await StartTaskAsync(host, flow));
        _folder.Query("DROP TRIGGER refused");
        _folder.Query("DROP TRIGGER refused_too");
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
        Assert.Equal(task.Id, Assert.Single((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters).TaskId);
        Assert.DoesNotContain(host.Logged, line => line.Contains("ended early", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_is_told_when_what_they_did_could_not_be_stored()
    {
        var flow = new Flow().Fails("a", [], new RetryPolicy { MaxAttempts = 1 }, _ => new StepFailure { Message = "m", ErrorType = "e", Retryable = false });
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);
        using (var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();

            var refused = await Assert.ThrowsAsync<TaskStoreException>(async () => await task.CancelAsync(EngineHost.Token));
            Assert.Contains("is locked by another program", refused.Message, StringComparison.Ordinal);
        }

        // It is stored as soon as that is possible; asking again does no harm.
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(TaskState.Cancelled, (await task.CancelAsync(EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_stale_task_that_a_person_lets_go_on_goes_on_in_a_later_process()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxStepsInProcess = TimeSpan.FromMinutes(10) }).Add(Flow.Define("a", []), gate.RunAsync);
        var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
        await host.Client.Handle(task.Id).ResetForRetryAsync("a", "Mended.", "ada", EngineHost.Token);
        await CrashAsync(host);

        gate.Open();
        await using var next = await StartAsync(flow);

        Assert.Equal(TaskState.Complete, (await next.Client.WaitAsync(task.Id, EngineHost.Token)).State);
    }

    [Fact]
    public async Task What_a_person_does_first_after_a_start_counts()
    {
        var gate = new Gate();
        var retry = new RetryPolicy { MaxAttempts = 3, BackoffBase = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(1) };
        var flow = new Flow().Limit(new TaskLifecycle { MaxWaitingForRetry = TimeSpan.FromMinutes(10) }).Add(Flow.Define("a", [], retry: retry), (context, outcome) =>
        {
            if (_mended)
                return gate.RunAsync(context, outcome);
            outcome.SetFailure(new StepFailure { Message = "m", ErrorType = "e", Retryable = true });
            return default;
        });
        var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await foreach (var now in task.WatchAsync(EngineHost.Token))
        {
            if (now.State is TaskState.WaitingForRetry)
                break;
        }

        // Nothing runs, so the commit that ends the task has nothing for the log.
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
        await CrashAsync(host);

        _mended = true;
        host = await StartAsync(flow);
        await host.Client.Handle(task.Id).ResetForRetryAsync("a", "Mended.", "ada", EngineHost.Token);
        await gate.EnteredAsync();
        await CrashAsync(host);

        gate.Open();
        await using var last = await StartAsync(flow);
        Assert.Equal(TaskState.Complete, (await last.Client.WaitAsync(task.Id, EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_to_date_and_its_tasks_go_on()
    {
        using (var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Migrate(connection, _folder.Database, upTo: 1);
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                INSERT INTO plans VALUES (1, '[{"name":"a","template_step":"a","type":"standard","max_attempts":3,"dependencies":[]},{"name":"b","template_step":"b","type":"standard","max_attempts":3,"dependencies":["a"]}]');
                INSERT INTO tasks VALUES (1, '018f0000-0000-7000-8000-000000000000', 'tests', 'flow', '1.0.0', 'steps_in_process', '{}',
                    '018f0000-0000-7000-8000-0000000000aa', NULL, 'i', 's', 'r', 0, '2026-01-01T00:00:00.0000000Z', NULL, 1);
                INSERT INTO steps VALUES (1, 0, '018f0000-0000-7000-8000-000000000001', 'a', 'a', 'standard', 'complete', 1, 3, '[]', NULL, '{"ran":"a"}', NULL, NULL, NULL,
                    '2026-01-01T00:00:01.0000000Z', '2026-01-01T00:00:01.0000000Z');
                """;
            command.ExecuteNonQuery();
        }

        var flow = new Flow().Step("a").Step("b", "a");
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(Guid.Parse("018f0000-0000-7000-8000-000000000000"), EngineHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.False(flow.Runs.ContainsKey("a"));
        Assert.Equal((long)SqliteSchema.CurrentVersion, _folder.Query("PRAGMA user_version"));
        Assert.NotEmpty((await host.Client.GetHistoryAsync(task.TaskId, EngineHost.Token))!.Entries);
    }

    [Fact]
    public async Task What_an_earlier_version_left_in_its_log_counts()
    {
        using (var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Migrate(connection, _folder.Database, upTo: 4);
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                INSERT INTO plans VALUES (1, '[{"name":"a","template_step":"a","type":"standard","max_attempts":3,"dependencies":[]},{"name":"b","template_step":"b","type":"standard","max_attempts":3,"dependencies":["a"]}]');
                INSERT INTO log VALUES (7, '2026-01-01T00:00:00.0000000Z',
                    '[{"task_no":1,"state":"steps_in_process","task_id":"018f0000-0000-7000-8000-000000000000","namespace":"tests","name":"flow","version":"1.0.0","context":{"of":"old"},'
                    || '"correlation_id":"018f0000-0000-7000-8000-0000000000aa","initiator":"i","source_system":"s","reason":"r","priority":0,"created_at":"2026-01-01T00:00:00.0000000Z","plan_no":1}]',
                    '[{"task_no":1,"step_no":0,"state":"complete","attempts":2,"result":{"ran":"a"},"started_at":"2026-01-01T00:00:01.0000001Z","completed_at":"2026-01-01T00:00:02.0000000Z"}]',
                    '[[1,1,1]]');
                """;
            command.ExecuteNonQuery();
        }

        var flow = new Flow().Step("a").Step("b", "a");
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(Guid.Parse("018f0000-0000-7000-8000-000000000000"), EngineHost.Token);

        Assert.Equal((TaskState.Complete, "i", """{"of":"old"}"""), (task.State, task.Options.Initiator, Flow.Text(task.Context)));
        Assert.Equal((2, "2026-01-01T00:00:01.0000001"), (task.Steps[0].Attempts, $"{task.Steps[0].StartedAt:yyyy-MM-ddTHH:mm:ss.fffffff}"));
        Assert.Equal(2, task.Steps[1].Attempts);
        Assert.False(flow.Runs.ContainsKey("a"));
    }

    [Fact]
    public async Task A_file_of_an_earlier_version_whose_rows_are_ahead_of_its_log_is_put_right()
    {
        using (var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Migrate(connection, _folder.Database, upTo: 4);
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                INSERT INTO plans VALUES (1, '[{"name":"a","template_step":"a","type":"standard","max_attempts":3,"dependencies":[]},{"name":"b","template_step":"b","type":"standard","max_attempts":3,"dependencies":["a"]}]');
                INSERT INTO tasks (task_no, task_id, namespace, name, version, state, context, correlation_id, initiator, source_system, reason, priority, created_at, plan_no, log_no, steps)
                VALUES (1, '018f0000-0000-7000-8000-000000000000', 'tests', 'flow', '1.0.0', 'steps_in_process', '{}', '018f0000-0000-7000-8000-0000000000aa', 'i', 's', 'r', 0,
                    '2026-01-01T00:00:00.0000000Z', 1, 1000, '[]');
                """;
            command.ExecuteNonQuery();
        }

        var gate = new Gate();
        var flow = new Flow().Step("a").Add(Flow.Define("b", ["a"]), gate.RunAsync);
        var host = await StartAsync(flow);
        await gate.EnteredAsync();
        await CrashAsync(host);

        gate.Open();
        await using var next = await StartAsync(flow);
        var task = await next.Client.WaitAsync(Guid.Parse("018f0000-0000-7000-8000-000000000000"), EngineHost.Token);

        Assert.Equal((TaskState.Complete, 1, 2), (task.State, flow.Runs["a"], flow.Runs["b"]));
    }

    [Fact]
    public async Task Tasks_that_begin_together_keep_what_tells_them_apart()
    {
        var gate = new Gate();
        var flow = new Flow().Add(Flow.Define("a", []), gate.RunAsync);
        var host = await StartAsync(flow);
        StartOptions?[] options =
        [
            null, null, new() { Initiator = "ada", Tags = ["x", "y"], Priority = 3 }, new() { IdempotencyKey = "k", Identity = TaskIdentity.CallerProvided },
            new() { CorrelationId = Guid.AllBitsSet, ParentCorrelationId = Guid.AllBitsSet }, null,
        ];
        var tasks = await Task.WhenAll(options.Select((option, i) => host.Client.StartAsync(flow.Template, $$"""{"i":{{i}}}""", option, EngineHost.Token).AsTask()));
        var before = await Task.WhenAll(tasks.Select(task => task.GetAsync(EngineHost.Token).AsTask()));
        await CrashAsync(host);

        await using var next = await StartAsync(flow);
        foreach (var expected in before)
        {
            var actual = (await next.Client.GetAsync(expected.TaskId, EngineHost.Token))!;
            Assert.Equal(
                (Flow.Text(expected.Context), expected.CorrelationId, expected.CreatedAt, expected.Options.Initiator, expected.Options.Priority, expected.Options.ParentCorrelationId),
                (Flow.Text(actual.Context), actual.CorrelationId, actual.CreatedAt, actual.Options.Initiator, actual.Options.Priority, actual.Options.ParentCorrelationId));
            Assert.Equal(expected.Options.Tags.AsEnumerable(), actual.Options.Tags.AsEnumerable());
        }

        var again = await next.Client.StartAsync(flow.Template, "{}", options[3], EngineHost.Token);
        Assert.Equal((tasks[3].Id, false), (again.Id, again.IsNew));
        gate.Open();
    }

    /// <summary>A clock whose timers never fire.</summary>
    private sealed class AdjustableTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddDays(20_000);

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public void Advance(TimeSpan by) => _now += by;

        public void SetBack(TimeSpan by) => _now -= by;
    }
}
