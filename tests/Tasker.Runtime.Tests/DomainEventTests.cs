using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Events;
using Tasker.Handlers;
using Tasker.Hosting;
using Tasker.Templates;
using Tasker.Work;

namespace Tasker.Tests;

public sealed class DomainEventTests : IAsyncDisposable
{
    /// <summary>In the order of <see cref="EventCondition"/>.</summary>
    private static readonly string[] Conditions = ["success", "failure", "retryable_failure", "permanent_failure", "always"];

    private readonly QueueWorkSource _source = new();
    private readonly Channel<DomainEvent> _received = Channel.CreateUnbounded<DomainEvent>();
    private readonly WaitingLog _log = new();
    private readonly FakeTimeProvider _time = new();
    private IHost? _host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ok", "success,always")]
    [InlineData("retryable", "failure,retryable_failure,always")]
    [InlineData("permanent", "failure,permanent_failure,always")]
    [InlineData("last", "failure,permanent_failure,always")]
    public async Task A_condition_decides_which_events_happen(string handler, string expected)
    {
        _source.Events =
        [
            .. Conditions.Select((name, condition) => Declare("test." + name, (EventCondition)condition)),
            Declare("test.end", EventCondition.Always),
        ];
        await StartAsync(tasker => tasker.AddEventSubscriber("test.*", Receive));

        await _source.Run(handler, maxAttempts: handler == "last" ? 1 : 3);

        var names = new List<string>();
        while (await _received.Reader.ReadAsync(Token) is { Name: not "test.end" } received)
            names.Add(received.Name["test.".Length..]);
        Assert.Equal(expected, string.Join(',', names));
    }

    [Fact]
    public void Two_publishers_of_one_name_are_refused_by_name()
    {
        var services = new ServiceCollection();
        services.AddTasker().AddEventPublisher("loud", made => made).AddEventPublisher("loud", made => made);
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<ConfigurationException>(provider.GetRequiredService<EventMaker>);

        Assert.Equal("Two event publishers of this host are called 'loud'. Give one another name.", exception.Message);
    }

    [Fact]
    public async Task An_event_tells_its_step_and_its_result()
    {
        _source.Events = [Declare("order.placed", EventCondition.Success)];
        await StartAsync(tasker => tasker.AddEventSubscriber("*", Receive));

        await _source.Run("ok");

        var received = await _received.Reader.ReadAsync(Token);
        Assert.Equal("""{"result":1}""", Encoding.UTF8.GetString(received.Payload.Span));
        Assert.Equal(("ok", "n", "DefaultDomainEventPublisher", _time.GetUtcNow()), (received.StepName, received.Namespace, received.FiredBy, received.FiredAt));
        Assert.Null(received.Failure);
    }

    [Fact]
    public async Task An_event_of_a_failure_tells_the_failure()
    {
        _source.Events = [Declare("order.refused", EventCondition.Failure)];
        await StartAsync(tasker => tasker.AddEventSubscriber("order.refused", Receive));

        await _source.Run("permanent");

        var received = await _received.Reader.ReadAsync(Token);
        Assert.Equal(
            """{"message":"no","error_type":"validation_error","retryable":false,"error_code":"E1","context":{"id":"5"}}""",
            Encoding.UTF8.GetString(received.Payload.Span));
        Assert.Equal("no", received.Failure!.Message);
    }

    [Fact]
    public async Task Delivery_decides_who_is_told()
    {
        _source.KeepsEvents = true;
        _source.Events =
        [
            Declare("a.fast", EventCondition.Success, EventDelivery.Fast),
            Declare("a.durable", EventCondition.Success, EventDelivery.Durable),
            Declare("a.both", EventCondition.Success, EventDelivery.Broadcast),
        ];
        await StartAsync(tasker => tasker.AddEventSubscriber("*", Receive));

        await _source.Run("ok");
        await _host!.StopAsync(Token);

        var received = Received();
        Assert.Equal(["a.fast", "a.both"], received.Select(one => one.Name));
        Assert.Equal(["a.durable", "a.both"], _source.Kept.Select(kept => kept.Name));
        Assert.Equal(received[1].EventId, _source.Kept.Last().EventId);
    }

    [Fact]
    public async Task Durable_events_reach_subscribers_when_nothing_else_takes_them()
    {
        _source.Events = [Declare("a.durable", EventCondition.Success, EventDelivery.Durable)];
        await StartAsync(tasker => tasker.AddEventSubscriber("a.*", Receive));

        await _source.Run("ok");

        Assert.Equal("a.durable", (await _received.Reader.ReadAsync(Token)).Name);
        Assert.Empty(_source.Kept);
    }

    [Fact]
    public async Task A_durable_event_is_made_before_its_outcome_is_stored_and_cannot_fail_the_step()
    {
        _source.KeepsEvents = true;
        _source.Events =
        [
            Declare("a.changed", EventCondition.Success, EventDelivery.Durable, publisher: "change"),
            Declare("a.kept", EventCondition.Success, EventDelivery.Broadcast, publisher: "keep"),
            Declare("a.broken", EventCondition.Success, EventDelivery.Durable, publisher: "broken"),
            Declare("a.garbled", EventCondition.Success, EventDelivery.Durable, publisher: "garble"),
            Declare("a.empty", EventCondition.Success, EventDelivery.Durable, publisher: "empty"),
            Declare("a.unreadable", EventCondition.Success, EventDelivery.Durable, publisher: "unreadable"),
            Declare("a.bad", EventCondition.Success, EventDelivery.Durable, schema: "refuse"),
            Declare("a.failed", EventCondition.Failure, EventDelivery.Durable),
        ];
        await StartAsync(tasker => tasker
            .AddEventSubscriber("*", Receive)
            .AddEventPublisher("change", e => e with { Payload = """{"n":1}"""u8.ToArray() })
            .AddEventPublisher("keep", _ => null)
            .AddEventPublisher("broken", _ => throw new InvalidOperationException("broken"))
            .AddEventPublisher("garble", e => e with { Payload = "{\"n\":1} and more"u8.ToArray() })
            .AddEventPublisher("empty", e => e with { Payload = default })
            .AddEventPublisher("unreadable", e => e with { Metadata = new Unreadable() })
            .Services.AddSingleton<ISchemaValidator, TestSchemas>());

        Assert.Null((await _source.Run("ok")).Failure);
        await _host!.StopAsync(Token);

        var kept = Assert.Single(_source.Kept);
        Assert.Equal(("a.changed", """{"n":1}"""), (kept.Name, Encoding.UTF8.GetString(kept.Payload.Span)));
        Assert.Empty(Received());
        Assert.Equal(
            ["a.broken", "a.empty", "a.garbled", "a.unreadable"],
            _log.Lines.Where(line => line.StartsWith("231: Event ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).Order());
        Assert.Single(_log.Lines, line => line.StartsWith("232: Event a.bad", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_subscriber_that_fails_is_logged_and_the_others_and_the_next_events_go_on()
    {
        _source.Events = [Declare("a.b", EventCondition.Success)];
        await StartAsync(tasker => tasker
            .AddEventSubscriber("*", (_, _) => throw new InvalidOperationException("broken"))
            .AddEventSubscriber("*", Receive));

        await _source.Run("ok");
        await _source.Run("ok");

        await _received.Reader.ReadAsync(Token);
        await _received.Reader.ReadAsync(Token);
        await _log.WaitAsync("231", 2);
    }

    [Fact]
    public async Task A_slow_subscriber_delays_no_step_and_what_does_not_fit_is_dropped_and_logged()
    {
        var gate = new TaskCompletionSource();
        _source.Events = [Declare("a.b", EventCondition.Success)];
        await StartAsync(tasker => tasker
            .ConfigureWorker(options => options.EventQueueCapacity = 1)
            .AddEventSubscriber("a.b", async (received, _) =>
            {
                await gate.Task;
                await Receive(received, default);
            }));

        for (var i = 0; i < 10; i++)
            Assert.Null((await _source.Run("ok")).Failure);
        await _log.WaitAsync("230", 7);
        gate.SetResult();
        await _host!.StopAsync(Token);

        Assert.InRange(Received().Count, 1, 3);
        Assert.Contains(_log.Lines, line => line.Contains("Event a.b of step ok", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_that_wait_when_the_host_stops_are_still_delivered()
    {
        _source.Events = [Declare("a.b", EventCondition.Success)];
        await StartAsync(tasker => tasker.AddEventSubscriber("*", async (received, token) =>
        {
            await Task.Yield();
            await Receive(received, token);
        }));

        for (var i = 0; i < 50; i++)
            await _source.Run("ok");
        await _host!.StopAsync(Token);

        Assert.Equal(50, Received().Count);
    }

    [Fact]
    public async Task A_payload_that_does_not_fit_its_schema_is_not_published()
    {
        _source.Events = [Declare("a.bad", EventCondition.Success, schema: "refuse"), Declare("a.good", EventCondition.Success, schema: "accept")];
        await StartAsync(tasker => tasker.AddEventSubscriber("*", Receive).Services.AddSingleton<ISchemaValidator, TestSchemas>());

        Assert.Null((await _source.Run("ok")).Failure);

        Assert.Equal("a.good", (await _received.Reader.ReadAsync(Token)).Name);
        Assert.Contains(_log.Lines, line => line.StartsWith("232: Event a.bad of step ok", StringComparison.Ordinal) && line.Contains("at $.result: too small (1 violations)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_publisher_changes_an_event_or_keeps_it_back()
    {
        _source.Events =
        [
            Declare("a.changed", EventCondition.Success, publisher: "change"),
            Declare("a.kept", EventCondition.Success, publisher: "keep"),
            Declare("a.broken", EventCondition.Success, publisher: "broken"),
            Declare("a.unknown", EventCondition.Success, publisher: "unknown"),
        ];
        await StartAsync(tasker => tasker
            .AddEventSubscriber("*", Receive)
            .AddEventPublisher("change", e => e with { Payload = """{"n":1}"""u8.ToArray(), Metadata = new Dictionary<string, string> { ["k"] = "v" } })
            .AddEventPublisher("keep", _ => null)
            .AddEventPublisher("broken", _ => throw new InvalidOperationException("broken")));

        await _source.Run("ok");
        await _host!.StopAsync(Token);

        var received = Received();
        Assert.Equal(["a.changed", "a.unknown"], received.Select(one => one.Name));
        Assert.Equal(("""{"n":1}""", "change", "v"), (Encoding.UTF8.GetString(received[0].Payload.Span), received[0].FiredBy, received[0].Metadata!["k"]));
        Assert.Single(_log.Lines, line => line.StartsWith("233: The publisher unknown of event a.unknown", StringComparison.Ordinal));
        Assert.Single(_log.Lines, line => line.StartsWith("231: Event a.broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_subscriber_is_a_service()
    {
        _source.Events = [Declare("a.b", EventCondition.Success)];
        await StartAsync(tasker => tasker.AddEventSubscriber<Counting>("a.*"));

        await _source.Run("ok");
        await _host!.StopAsync(Token);

        Assert.Equal(1, _host.Services.GetRequiredService<Counting>().Count);
    }

    [Theory]
    [InlineData("*", "payment.charged", true)]
    [InlineData("payment.*", "payment.charged", true)]
    [InlineData("payment.*", "payment.card.charged", true)]
    [InlineData("payment.*", "payments.charged", false)]
    [InlineData("payment.charged", "payment.charged", true)]
    [InlineData("payment.charged", "payment.charged.twice", false)]
    [InlineData("*.charged", "payment.charged", true)]
    [InlineData("*.charged", "payment.refunded", false)]
    [InlineData("a*b*c", "a.b.c", true)]
    [InlineData("a*b*c", "a.c.b", false)]
    [InlineData("ab*ba", "aba", false)]
    public void A_pattern_is_a_name_with_stars(string pattern, string name, bool expected) =>
        Assert.Equal(expected, new EventPattern(pattern).Matches(name));

    [Theory]
    [InlineData("", "pattern")]
    [InlineData("Payment.*", "'P' cannot occur in one")]
    public void A_pattern_that_fits_no_name_is_refused(string pattern, string why) =>
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => new EventPattern(pattern)).Message, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (_host is null)
            return;
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private ValueTask Receive(DomainEvent received, CancellationToken cancellationToken) => _received.Writer.WriteAsync(received, cancellationToken);

    private List<DomainEvent> Received()
    {
        var all = new List<DomainEvent>();
        while (_received.Reader.TryRead(out var one))
            all.Add(one);
        return all;
    }

    private static EventDeclaration Declare(
        string name,
        EventCondition condition,
        EventDelivery delivery = EventDelivery.Fast,
        string schema = "",
        string? publisher = null) =>
        new() { Name = name, Description = name, Condition = condition, Delivery = delivery, Schema = schema, Publisher = publisher };

    private async Task StartAsync(Action<TaskerBuilder> configure)
    {
        static ValueTask Ok(StepContext context, StepOutcome outcome)
        {
            outcome.BeginValue().WriteNumberValue(1);
            outcome.End();
            return default;
        }

        HandlerAdapter[] handlers =
        [
            new TestHandler("ok", Ok),
            new TestHandler("retryable", (_, _) => throw new RetryableException("later")),
            new TestHandler("last", (_, _) => throw new RetryableException("later")),
            new TestHandler("permanent", (_, _) => throw new ValidationException("no") { ErrorCode = "E1", Context = new Dictionary<string, string> { ["id"] = "5" } }),
        ];
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(_log);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<IWorkSource>(_source);
        configure(builder.Services.AddTasker().AddRegistry(new TestRegistry(handlers)).ConfigureWorker(options => options.MaxConcurrency = 1));
        _host = builder.Build();
        await _host.StartAsync(Token);
    }

    private sealed class Counting : IEventSubscriber
    {
        public int Count { get; private set; }

        public ValueTask HandleAsync(DomainEvent domainEvent, CancellationToken cancellationToken)
        {
            Count++;
            return default;
        }
    }

    private sealed class TestSchemas : ISchemaValidator
    {
        public IReadOnlyList<SchemaViolation> Validate(string schema, ReadOnlyMemory<byte> json) =>
            schema == "refuse" ? [new SchemaViolation("$.result", "too small")] : [];
    }

    /// <summary>Keeps what was logged, and lets a test wait for it.</summary>
    private sealed class WaitingLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly Channel<bool> _written = Channel.CreateUnbounded<bool>();

        public IReadOnlyList<string> Lines => [.. _lines];

        public async Task WaitAsync(string id, int count)
        {
            while (Lines.Count(line => line.StartsWith(id, StringComparison.Ordinal)) < count)
                await _written.Reader.ReadAsync(Token);
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _lines.Enqueue($"{eventId.Id}: {formatter(state, exception)}");
            _written.Writer.TryWrite(true);
        }

        public void Dispose()
        {
        }
    }
}
