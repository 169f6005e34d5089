using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Crash;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Tests.Support;
using Tasker.Events;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>Durable events are stored with the outcome they come from and reach every subscriber, at least once.</summary>
public sealed class OutboxTests : IDisposable
{
    private const string Waiting = "SELECT count(*) FROM outbox";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Channel<DomainEvent> _received = Channel.CreateUnbounded<DomainEvent>();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_durable_event_is_delivered_once_and_leaves_the_store(bool inMemory)
    {
        var flow = Announcing(EventDelivery.Durable);
        await using (var host = await StartAsync(flow, Receive, inMemory))
        {
            var task = await host.RunAsync(flow);
            var received = await _received.Reader.ReadAsync(EngineHost.Token);

            Assert.Equal(("order.placed", task.TaskId, "place", "tests", task.CorrelationId), (received.Name, received.TaskId, received.StepName, received.Namespace, received.CorrelationId));
            Assert.Equal("""{"ran":"place"}""", Encoding.UTF8.GetString(received.Payload.Span));
        }

        Assert.False(_received.Reader.TryRead(out _));
        if (!inMemory)
            Assert.Equal(0L, _folder.Query(Waiting));
    }

    [Fact]
    public async Task A_broadcast_event_reaches_a_subscriber_once()
    {
        var flow = Announcing(EventDelivery.Broadcast);
        await using (var host = await StartAsync(flow, Receive))
        {
            await host.RunAsync(flow);
            await _received.Reader.ReadAsync(EngineHost.Token);
        }

        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task An_event_that_was_not_delivered_survives_a_crash_with_all_it_tells()
    {
        var flow = new Flow().Step("before").Add(
            Flow.Define("place", ["before"], retry: new RetryPolicy { MaxAttempts = 1 }) with { Events = [Declare("order.refused", EventCondition.Failure, EventDelivery.Durable)] },
            (_, _) => throw new ValidationException("no such product") { ErrorCode = "E7", Context = new Dictionary<string, string> { ["sku"] = "5" } });
        var stuck = new Gate();
        var host = await StartAsync(flow, (received, token) => StayAsync(received, stuck, token), publisher: e => e with { Metadata = new Dictionary<string, string> { ["shop"] = "Kiel" } });
        var task = await host.RunAsync(flow, """{"order":12}""");
        await stuck.EnteredAsync();
        var first = await _received.Reader.ReadAsync(EngineHost.Token);
        await CrashAsync(host);

        Assert.Equal(1L, _folder.Query(Waiting));
        await using (await StartAsync(flow, Receive))
        {
            var again = await _received.Reader.ReadAsync(EngineHost.Token);
            Assert.NotSame(first, again);
            Assert.Equal(
                (first.EventId, first.Name, task.TaskId, first.StepId, "place", first.CorrelationId, "shop-publisher"),
                (again.EventId, again.Name, again.TaskId, again.StepId, again.StepName, again.CorrelationId, again.FiredBy));
            Assert.Equal(first.Payload.ToArray(), again.Payload.ToArray());
            Assert.Equal((first.FiredAt, "no such product", "E7", "5", "Kiel"), (again.FiredAt, again.Failure!.Message, again.Failure.ErrorCode, again.Failure.Context!["sku"], again.Metadata!["shop"]));
            Assert.Equal((0, 1), (again.Step.Attempts, again.Step.MaxAttempts));
            Assert.Equal("""{"order":12}""", Flow.Text(again.Step.TaskContext));
            Assert.True(again.Step.Dependencies.TryGet("before", out _));
        }

        Assert.Equal(0L, _folder.Query(Waiting));
    }

    [Fact]
    public async Task An_event_exists_if_and_only_if_the_outcome_it_comes_from_is_stored()
    {
        var inHandler = new Gate();
        var flow = new Flow().Add(Flow.Define("place", []) with { Events = [Declare("order.placed", EventCondition.Success, EventDelivery.Durable)] }, inHandler.RunAsync);
        var host = await StartAsync(flow, Receive);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        await inHandler.EnteredAsync();
        await CrashAsync(host);
        inHandler.Open();
        Assert.Equal(0L, _folder.Query(Waiting));

        await using (var next = await StartAsync(flow, Receive))
        {
            await next.Client.WaitAsync(task.Id, EngineHost.Token);
            await _received.Reader.ReadAsync(EngineHost.Token);
        }

        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task The_outcome_of_a_cancelled_task_announces_nothing()
    {
        var finish = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        var flow = new Flow().Add(Flow.Define("place", []) with { Events = [Declare("order.placed", EventCondition.Always, EventDelivery.Durable)] }, async (context, outcome) =>
        {
            entered.SetResult();
            await finish.Task;
            await Flow.Ran(context, outcome);
        });
        await using (var host = await StartAsync(flow, Receive))
        {
            var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
            await entered.Task.WaitAsync(EngineHost.Token);
            await host.Client.CancelAsync(task.Id, EngineHost.Token);
            finish.SetResult();
        }

        Assert.Equal(0L, _folder.Query(Waiting));
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_subscriber_that_fails_gets_the_event_again_and_holds_up_no_other_event()
    {
        var flow = Announcing(EventDelivery.Durable);
        var refused = new List<Guid>();
        await using var host = await StartAsync(flow, (received, token) =>
        {
            if (refused.Count < 3 && (refused.Count == 0 || refused[0] == received.TaskId))
            {
                refused.Add(received.TaskId);
                throw new IOException("The mail server is away.");
            }

            return Receive(received, token);
        });
        var first = await host.RunAsync(flow);
        var second = await host.RunAsync(flow);

        Assert.Equal(second.TaskId, (await _received.Reader.ReadAsync(EngineHost.Token)).TaskId);
        while (!_received.Reader.TryPeek(out _))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Run(static () => { }, EngineHost.Token);
        }

        Assert.Equal(first.TaskId, (await _received.Reader.ReadAsync(EngineHost.Token)).TaskId);
        Assert.Equal(3, host.Logged.Count(line => line.StartsWith("234: Durable event order.placed of step place", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_event_goes_again_only_to_the_subscribers_that_do_not_have_it()
    {
        var (good, bad) = (0, 0);
        var flow = Announcing(EventDelivery.Durable);
        await using (var host = await EngineHost.StartAsync(
            tasker => tasker.UseEmbedded(_folder.ConnectionString)
                .AddEventSubscriber("order.*", (_, _) =>
                {
                    good++;
                    return default;
                })
                .AddEventSubscriber("*", (received, token) => bad++ == 0 ? throw new IOException("not yet") : Receive(received, token))
                .AddEventSubscriber("invoice.*", (_, _) => throw new InvalidOperationException("It is not meant.")),
            [flow],
            _time))
        {
            await host.RunAsync(flow);
            while (!_received.Reader.TryPeek(out _))
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Run(static () => { }, EngineHost.Token);
            }
        }

        Assert.Equal((1, 2, 0L), (good, bad, _folder.Query(Waiting)));
    }

    [Fact]
    public async Task An_event_that_its_subscriber_never_took_is_there_after_a_restart()
    {
        var flow = Announcing(EventDelivery.Durable);
        await using (var host = await StartAsync(flow, (_, _) => throw new IOException("away")))
            await host.RunAsync(flow);
        Assert.Equal(1L, _folder.Query(Waiting));

        await using (await StartAsync(flow, Receive))
            await _received.Reader.ReadAsync(EngineHost.Token);

        Assert.Equal(0L, _folder.Query(Waiting));
    }

    [Theory]
    [InlineData(EventDelivery.Fast)]
    [InlineData(EventDelivery.Durable)]
    public async Task A_payload_that_does_not_fit_the_declared_JSON_schema_is_not_told(EventDelivery delivery)
    {
        var declared = Declare("order.placed", EventCondition.Success, delivery) with
        {
            Schema = """{"type":"object","required":["ran"],"properties":{"ran":{"enum":["good"]}}}""",
        };
        var flow = new Flow()
            .Add(Flow.Define("bad", []) with { Events = [declared] }, Flow.Ran)
            .Add(Flow.Define("good", ["bad"]) with { Events = [declared] }, Flow.Ran);
        await using (var host = await StartAsync(flow, Receive, configure: tasker => tasker.AddJsonSchemaValidation()))
        {
            Assert.Equal(TaskState.Complete, (await host.RunAsync(flow)).State);
            Assert.Equal("good", (await _received.Reader.ReadAsync(EngineHost.Token)).StepName);
            Assert.Single(host.Logged, line => line.StartsWith("232: Event order.placed of step bad", StringComparison.Ordinal)
                && line.EndsWith("at $.ran: must be one of good (1 violations)", StringComparison.Ordinal));
        }

        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Nobody_subscribes_so_nothing_is_kept()
    {
        var flow = Announcing(EventDelivery.Durable);
        await using (var host = await EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString).AddEventSubscriber("invoice.*", Receive), [flow]))
            await host.RunAsync(flow);

        Assert.Equal(0L, _folder.Query(Waiting));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_events_than_fit_into_memory_wait_in_the_store_and_keep_their_order(bool inMemory)
    {
        const int Tasks = 2500;
        var flow = Announcing(EventDelivery.Durable);
        var gate = new TaskCompletionSource();
        await using (var host = await StartAsync(
            flow,
            async (received, token) =>
            {
                await gate.Task;
                await Receive(received, token);
            },
            inMemory,
            configure: tasker => tasker.ConfigureWorker(options => (options.EventQueueCapacity, options.MaxConcurrency) = (16, 1))))
        {
            var tasks = new List<Guid>();
            for (var i = 0; i < Tasks; i++)
                tasks.Add((await host.RunAsync(flow)).TaskId);
            gate.SetResult();

            foreach (var expected in tasks)
                Assert.Equal(expected, (await _received.Reader.ReadAsync(EngineHost.Token)).TaskId);
        }

        Assert.False(_received.Reader.TryRead(out _));
        if (!inMemory)
            Assert.Equal(0L, _folder.Query(Waiting));
    }

    [Fact]
    public async Task An_event_whose_template_is_gone_stays_and_is_logged()
    {
        var flow = Announcing(EventDelivery.Durable);
        await using (var host = await StartAsync(flow, (_, _) => throw new IOException("away")))
            await host.RunAsync(flow);

        var other = new Flow("other").Step("a");
        await using (var without = await StartAsync(other, Receive))
        {
            await without.RunAsync(other);
            Assert.Contains(without.Logged, line => line.StartsWith("306: Durable event order.placed of task", StringComparison.Ordinal) && line.Contains("has no template 'tests/flow/1.0.0'", StringComparison.Ordinal));
        }

        await using (await StartAsync(flow, Receive))
            await _received.Reader.ReadAsync(EngineHost.Token);
    }

    [Fact]
    public async Task A_row_that_names_no_step_is_logged_and_the_events_behind_it_are_delivered()
    {
        var flow = Announcing(EventDelivery.Durable);
        await using (var host = await StartAsync(flow, (_, _) => throw new IOException("away")))
        {
            await host.RunAsync(flow);
            await host.RunAsync(flow);
        }

        _folder.Query("UPDATE outbox SET step_no = 99 WHERE event_no = 1");
        await using (var host = await StartAsync(flow, Receive))
        {
            await _received.Reader.ReadAsync(EngineHost.Token);
            Assert.Contains(host.Logged, line => line.StartsWith("306: ", StringComparison.Ordinal) && line.EndsWith("The task has no step number 99.", StringComparison.Ordinal));
        }

        Assert.Equal(1L, _folder.Query(Waiting));
    }

    [Fact]
    public async Task A_publisher_may_make_the_event_anew()
    {
        var flow = Announcing(EventDelivery.Durable);
        ClaimedStep? other = null;
        await using (var host = await StartAsync(flow, Receive, publisher: made => made with
        {
            Step = other = new ClaimedStep
            {
                TaskId = Guid.NewGuid(),
                StepId = Guid.NewGuid(),
                CorrelationId = Guid.NewGuid(),
                Template = made.Step.Template,
                Definition = made.Step.Definition,
                Name = "elsewhere",
                TaskContext = made.Step.TaskContext,
            },
        }))
        {
            var task = await host.RunAsync(flow);
            Assert.Equal(TaskState.Complete, task.State);
            Assert.Same(other, (await _received.Reader.ReadAsync(EngineHost.Token)).Step);
        }

        Assert.Equal(0L, _folder.Query(Waiting));
    }

    [Fact]
    public async Task A_task_is_kept_until_its_events_are_delivered()
    {
        var flow = Announcing(EventDelivery.Durable);
        Action<EmbeddedOptions> keepAnHour = options => options.KeepFinishedTasks = TimeSpan.FromHours(1);
        Guid kept;
        await using (var host = await EngineHost.StartAsync(
            tasker => tasker.UseEmbedded(_folder.ConnectionString, keepAnHour).AddEventSubscriber("*", (_, _) => throw new IOException("away")), [flow], _time))
        {
            kept = (await host.RunAsync(flow)).TaskId;
        }

        var quiet = new Flow("quiet").Step("a");
        await using (var host = await EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString, keepAnHour), [flow, quiet], _time))
        {
            var swept = await host.RunAsync(quiet);
            _time.Advance(TimeSpan.FromHours(2));
            await host.RunAsync(quiet);
            while (await host.Client.GetAsync(swept.TaskId, EngineHost.Token) is not null)
                await Task.Yield();
            Assert.NotNull(await host.Client.GetAsync(kept, EngineHost.Token));
        }
    }

    [Fact]
    public async Task An_outcome_that_cannot_be_stored_yet_tells_nobody()
    {
        var flow = Announcing(EventDelivery.Durable);
        await using var host = await StartAsync(flow, Receive, configure: tasker =>
        {
            var sqlite = tasker.Services.Single(service => service.ServiceType == typeof(ITaskStore));
            tasker.Services.Remove(sqlite);
            tasker.Services.AddSingleton<ITaskStore>(provider => new RefusingStore((ITaskStore)sqlite.ImplementationFactory!(provider)));
        });
        var store = (RefusingStore)host.Services.GetRequiredService<ITaskStore>();
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);

        await store.RefusedAsync();
        Assert.False(_received.Reader.TryPeek(out _));
        store.Relent();
        while (!_received.Reader.TryPeek(out _))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Run(static () => { }, EngineHost.Token);
        }

        await task.WaitAsync(EngineHost.Token);
        Assert.True(_received.Reader.TryRead(out _));
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_backlog_is_read_by_and_by_so_that_a_new_task_is_stored_at_once()
    {
        const int Backlog = 2000;
        var flow = Announcing(EventDelivery.Durable);
        await LeaveAsync(flow, Backlog);

        var other = new Flow("other").Step("a");
        var (host, store) = await StartAsync([flow, other], Receive, inner => new WatchedStore(inner, waits: true));
        await using var running = host;
        await store.ReadingAsync();
        var started = host.Client.StartAsync(other.Template, "{}", cancellationToken: EngineHost.Token);
        store.GoOn();
        await started;

        Assert.InRange(store.LoadsBeforeFirstTask, 1, Backlog / 10);
        for (var i = 0; i < Backlog; i++)
            await _received.Reader.ReadAsync(EngineHost.Token);
    }

    [Fact]
    public async Task A_crash_while_a_backlog_is_delivered_leads_to_few_events_again()
    {
        const int Backlog = 1000;
        const int Crash = 700;
        var flow = Announcing(EventDelivery.Durable);
        await LeaveAsync(flow, Backlog);

        var (host, store) = await StartAsync([flow], Receive, inner => new WatchedStore(inner) { LastLoad = Crash }, queue: 16);
        await store.EndedAsync();
        await CrashAsync(host);

        // All that was read but the last pieces is delivered, and all that is delivered is settled.
        Assert.InRange((long)_folder.Query(Waiting)!, Backlog - Crash, Backlog - Crash + 100);
    }

    [Fact]
    public async Task A_task_is_read_once_for_all_its_events_also_when_those_of_other_tasks_come_in_between()
    {
        const int Tasks = 20;
        const int Steps = 10;
        var flow = new Flow();
        for (var i = 0; i < Steps; i++)
            flow.Add(Flow.Define("s" + i, i == 0 ? [] : ["s" + (i - 1)]) with { Events = [Declare("order.placed", EventCondition.Success, EventDelivery.Durable)] }, Flow.Ran);
        await LeaveAsync(flow, Tasks);

        var (host, store) = await StartAsync([flow], Receive, inner => new WatchedStore(inner));
        await using var running = host;
        for (var i = 0; i < Tasks * Steps; i++)
            await _received.Reader.ReadAsync(EngineHost.Token);

        Assert.Equal(Tasks, store.Loads);
    }

    [Fact]
    public async Task An_event_of_a_task_that_a_person_let_go_on_meanwhile_tells_of_it_as_it_is_now()
    {
        var flow = new Flow()
            .Add(Flow.Define("place", []) with { Events = [Declare("order.placed", EventCondition.Success, EventDelivery.Durable)] }, Flow.Ran)
            .Add(Flow.Define("pay", ["place"], retry: new RetryPolicy { MaxAttempts = 1 }), (_, _) => throw new ValidationException("no money"))
            .Add(Flow.Define("send", ["pay"]) with { Events = [Declare("order.sent", EventCondition.Success, EventDelivery.Durable)] }, Flow.Ran);
        const int Backlog = 200;
        await LeaveAsync(flow, Backlog);

        var gate = new TaskCompletionSource();
        var first = new TaskCompletionSource<Guid>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(
            flow,
            async (received, token) =>
            {
                first.TrySetResult(received.TaskId);
                await gate.Task.WaitAsync(token);
                await Receive(received, token);
            },
            configure: tasker => tasker.ConfigureWorker(options => options.EventQueueCapacity = 1));
        var mended = await first.Task.WaitAsync(EngineHost.Token);
        await host.Client.ResolveStepAsync(mended, "pay", StepResolution.CompleteManually(Flow.RawJson, """{"paid":true}""", "cash", "tests"), EngineHost.Token);
        Assert.Equal(TaskState.Complete, (await host.Client.WaitAsync(mended, EngineHost.Token)).State);
        gate.SetResult();

        for (var i = 0; i < Backlog; i++)
            Assert.Equal("order.placed", (await _received.Reader.ReadAsync(EngineHost.Token)).Name);
        var sent = await _received.Reader.ReadAsync(EngineHost.Token);
        Assert.Equal("order.sent", sent.Name);
        Assert.True(sent.Step.Dependencies.TryGet("pay", out var paid));
        Assert.Equal("""{"paid":true}""", Flow.Text(paid));
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_for_a_moment_delays_events_by_a_moment()
    {
        var flow = Announcing(EventDelivery.Durable);
        await LeaveAsync(flow, 1);

        var (host, store) = await StartAsync([flow], Receive, inner => new WatchedStore(inner) { ReadsToRefuse = 3 });
        await using var running = host;
        foreach (var wait in (int[])[100, 200, 400])
        {
            await store.RefusedAsync();
            Assert.False(_received.Reader.TryPeek(out _));
            await host.Client.ListAsync(new TaskFilter(), EngineHost.Token); // answered by the engine when it has heard of it
            _time.Advance(TimeSpan.FromMilliseconds(wait));
        }

        await _received.Reader.ReadAsync(EngineHost.Token);
    }

    private static Flow Announcing(EventDelivery delivery) =>
        new Flow().Add(Flow.Define("place", []) with { Events = [Declare("order.placed", EventCondition.Success, delivery)] }, Flow.Ran);

    private static EventDeclaration Declare(string name, EventCondition condition, EventDelivery delivery) =>
        new() { Name = name, Description = name, Condition = condition, Delivery = delivery, Schema = "", Publisher = "shop-publisher" };

    private ValueTask Receive(DomainEvent received, CancellationToken cancellationToken) => _received.Writer.WriteAsync(received, cancellationToken);

    private async ValueTask StayAsync(DomainEvent received, Gate gate, CancellationToken cancellationToken)
    {
        await Receive(received, cancellationToken);
        await gate.StayAsync(received.Name, cancellationToken);
    }

    private Task<EngineHost> StartAsync(
        Flow flow,
        Func<DomainEvent, CancellationToken, ValueTask> receive,
        bool inMemory = false,
        Func<DomainEvent, DomainEvent>? publisher = null,
        Action<TaskerBuilder>? configure = null) =>
        EngineHost.StartAsync(
            tasker =>
            {
                _ = inMemory ? tasker.UseEmbeddedInMemory() : tasker.UseEmbedded(_folder.ConnectionString);
                tasker.AddEventSubscriber("*", receive).AddEventPublisher("shop-publisher", publisher ?? (static e => e));
                configure?.Invoke(tasker);
            },
            [flow],
            _time);

    private async Task<(EngineHost Host, WatchedStore Store)> StartAsync(
        Flow[] flows,
        Func<DomainEvent, CancellationToken, ValueTask> receive,
        Func<ITaskStore, WatchedStore> watch,
        int queue = 1024)
    {
        var host = await EngineHost.StartAsync(
            tasker =>
            {
                tasker.UseEmbedded(_folder.ConnectionString).AddEventSubscriber("*", receive).ConfigureWorker(options => options.EventQueueCapacity = queue);
                var sqlite = tasker.Services.Single(service => service.ServiceType == typeof(ITaskStore));
                tasker.Services.Remove(sqlite);
                tasker.Services.AddSingleton<ITaskStore>(provider => watch((ITaskStore)sqlite.ImplementationFactory!(provider)));
            },
            flows,
            _time);
        return (host, (WatchedStore)host.Services.GetRequiredService<ITaskStore>());
    }

    /// <summary>Runs tasks side by side in a process whose subscriber is away, so that their events wait for the next one.</summary>
    private async Task LeaveAsync(Flow flow, int tasks)
    {
        await using var host = await StartAsync(flow, static (_, _) => throw new IOException("away"));
        await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => host.RunAsync(flow)));
    }

    private static async Task CrashAsync(EngineHost host)
    {
        host.Crash();
        await host.AbortAsync();
    }

    /// <summary>Refuses outcomes with events until it is told to relent.</summary>
    private sealed class RefusingStore(ITaskStore inner) : StoreDecorator(inner)
    {
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _relents;

        public Task RefusedAsync() => _refused.Task.WaitAsync(EngineHost.Token);

        public void Relent() => _relents = true;

        public override void Commit(Changes changes, DateTimeOffset now)
        {
            if (changes.Events.Count > 0 && !_relents)
            {
                _refused.TrySetResult();
                throw new TaskStoreException("The disk is out of order for a while.");
            }

            base.Commit(changes, now);
        }
    }

    /// <summary>Counts how many tasks are read, and has the process end after one of them.</summary>
    private sealed class WatchedStore(ITaskStore inner, bool waits = false) : StoreDecorator(inner)
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _refused = new(0);
        private readonly ManualResetEventSlim _goOn = new(!waits);
        private int _loads;
        private int _readsRefused;

        public int Loads => Volatile.Read(ref _loads);

        /// <summary>How many had been read when the first new task was stored.</summary>
        public int LoadsBeforeFirstTask { get; private set; } = -1;

        /// <summary>From this one on nothing is stored.</summary>
        public int LastLoad { get; init; } = int.MaxValue;

        /// <summary>So many times events cannot be read.</summary>
        public int ReadsToRefuse { get; init; }

        /// <summary>A task is read.</summary>
        public Task ReadingAsync() => _reading.Task.WaitAsync(EngineHost.Token);

        /// <summary>Lets that happen.</summary>
        public void GoOn() => _goOn.Set();

        public Task EndedAsync() => _ended.Task.WaitAsync(EngineHost.Token);

        public Task RefusedAsync() => _refused.WaitAsync(EngineHost.Token);

        public override StoredTask? Load(Guid taskId)
        {
            _reading.TrySetResult();
            _goOn.Wait(EngineHost.Token);
            if (Interlocked.Increment(ref _loads) == LastLoad)
                _ended.SetResult();
            return base.Load(taskId);
        }

        public override IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore)
        {
            if (_readsRefused == ReadsToRefuse)
                return base.ReadEvents(after, count, restore);
            _readsRefused++;
            _refused.Release();
            throw new TaskStoreException("The disk cannot be read for a moment.");
        }

        public override void Commit(Changes changes, DateTimeOffset now)
        {
            if (Loads >= LastLoad)
                throw new TaskStoreException("The process has ended.");
            if (changes.Created.Count > 0 && LoadsBeforeFirstTask < 0)
                LoadsBeforeFirstTask = Loads;
            base.Commit(changes, now);
        }
    }
}
