using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tasker.Hosting;
using Tasker.Telemetry;
using Tasker.Templates;
using Tasker.Work;

namespace Tasker.Tests;

/// <summary>Whatever a log or a listener of the application's throws: steps end, and the slot goes on, here the only one, without a pause, for the clock stands.</summary>
public sealed class BrokenTelemetryTests : IAsyncDisposable
{
    private readonly QueueWorkSource _source = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _release = new();
    private readonly TaskCompletionSource _running = new();
    private readonly List<string> _received = [];
    private IHost? _host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BrokenLog.Part.Level)]
    [InlineData(BrokenLog.Part.Scope)]
    [InlineData(BrokenLog.Part.EndOfScope)]
    [InlineData(BrokenLog.Part.Line)]
    public async Task A_log_that_throws_keeps_no_step_from_ending(BrokenLog.Part part)
    {
        await StartAsync(tasker => tasker.Services.AddLogging(logging => logging.AddProvider(new BrokenLog(part))));

        await AssertStepsEndAsync();
    }

    [Theory]
    [InlineData(BrokenLog.Part.Scope)]
    [InlineData(BrokenLog.Part.Line)]
    public async Task A_log_that_throws_keeps_no_step_from_being_handed_back(BrokenLog.Part part)
    {
        await StartAsync(tasker => tasker.Services.AddLogging(logging => logging.AddProvider(new BrokenLog(part))));
        var report = _source.Run("obeys");
        await _running.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);

        var stopping = _host!.StopAsync(Token);
        await AdvanceUntilAsync(report);

        Assert.True((await report).Released);
        await AdvanceUntilAsync(stopping);
    }

    [Fact]
    public async Task A_log_that_throws_stops_no_slot_whose_source_fails()
    {
        await StartAsync(tasker => tasker.Services.AddLogging(logging => logging.AddProvider(new BrokenLog(BrokenLog.Part.Line))));
        await _source.Run("ok");
        var failed = _source.FailClaims(1);

        var report = _source.Run("ok");
        await failed;
        await AdvanceUntilAsync(report);

        Assert.Null((await report).Failure);
    }

    [Fact]
    public async Task A_log_that_throws_loses_only_the_event_that_it_would_have_told_of()
    {
        _source.KeepsEvents = true;
        _source.Events =
        [
            Declare("a.broken", EventDelivery.Durable, "broken"),
            Declare("a.broken", EventDelivery.Fast, "broken"),
            Declare("a.kept", EventDelivery.Durable),
            Declare("a.refused", EventDelivery.Fast),
            Declare("a.told", EventDelivery.Fast),
        ];
        await StartAsync(tasker => tasker
            .AddEventPublisher("broken", static _ => throw new InvalidOperationException("The publisher is broken."))
            .AddEventSubscriber("*", (received, _) =>
            {
                if (received.Name == "a.refused")
                    throw new InvalidOperationException("The subscriber is broken.");
                _received.Add(received.Name);
                return default;
            })
            .Services.AddLogging(logging => logging.AddProvider(new BrokenLog(BrokenLog.Part.Line))));

        await _source.Run("ok");
        await _host!.StopAsync(Token);

        Assert.Equal(["a.kept"], _source.Kept.Select(kept => kept.Name));
        Assert.Equal(["a.told"], _received);
    }

    [Fact]
    public async Task A_listener_to_metrics_that_throws_keeps_no_step_from_ending()
    {
        await StartAsync();
        using var listener = new MeterListener();
        var host = _host!.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == TaskerTelemetry.Name && ReferenceEquals(instrument.Meter.Scope, host))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("The listener is broken."));
        listener.Start();

        await AssertStepsEndAsync();
    }

    /// <summary>Once an event has been delivered, nothing makes it one that was not.</summary>
    [Fact]
    public async Task A_listener_to_metrics_that_throws_keeps_no_event_from_being_delivered()
    {
        _source.Events = [Declare("a.first", EventDelivery.Fast), Declare("a.second", EventDelivery.Fast)];
        await StartAsync(tasker => tasker.AddEventSubscriber("*", (received, _) =>
        {
            _received.Add(received.Name);
            return default;
        }));
        using var listener = new MeterListener();
        var host = _host!.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "tasker.events" && ReferenceEquals(instrument.Meter.Scope, host))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("The listener is broken."));
        listener.Start();

        await _source.Run("ok");
        await _host.StopAsync(Token);

        Assert.Equal(["a.first", "a.second"], _received);
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("start")]
    [InlineData("end")]
    public async Task A_listener_to_traces_that_throws_keeps_no_step_from_ending(string when)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == TaskerTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => when == "sample" ? throw Broken() : ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ =>
            {
                if (when == "start")
                    throw Broken();
            },
            ActivityStopped = _ =>
            {
                if (when == "end")
                    throw Broken();
            },
        };
        ActivitySource.AddActivityListener(listener);
        await StartAsync();

        await AssertStepsEndAsync();
        Assert.Equal(when == "end", _source.Traced);

        static InvalidOperationException Broken() => new("The listener is broken.");
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        if (_host is null)
            return;
        await AdvanceUntilAsync(_host.StopAsync(CancellationToken.None));
        _host.Dispose();
    }

    private async Task AssertStepsEndAsync()
    {
        Assert.Equal(StepOutcomeKind.Value, (await _source.Run("ok")).Kind);
        Assert.Equal("no", (await _source.Run("fails")).Failure!.Message);
        var late = _source.Run("deaf", timeout: TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(late);
        Assert.Equal("handler_timeout", (await late).Failure!.ErrorType);
        Assert.Equal(StepOutcomeKind.Value, (await _source.Run("ok")).Kind);
    }

    private async Task StartAsync(Action<TaskerBuilder>? configure = null)
    {
        static ValueTask Ok(StepContext context, StepOutcome outcome)
        {
            outcome.SetNothing();
            return default;
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<IWorkSource>(_source);
        var tasker = builder.Services.AddTasker().ConfigureWorker(options => options.MaxConcurrency = 1).AddRegistry(new TestRegistry(
            new TestHandler("ok", Ok),
            new TestHandler("fails", (_, _) => throw new PermanentException("no")),
            new TestHandler("obeys", async (context, _) =>
            {
                _running.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }),
            new TestHandler("deaf", async (_, _) => await _release.Task)));
        configure?.Invoke(tasker);
        _host = builder.Build();
        await _host.StartAsync(Token);
    }

    /// <summary>Moves the fake clock on until something has happened, however many timers it takes.</summary>
    private async Task AdvanceUntilAsync(Task happened)
    {
        while (!happened.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(happened, Task.Run(static () => { }, CancellationToken.None));
        }

        await happened;
    }

    private static EventDeclaration Declare(string name, EventDelivery delivery, string? publisher = null) =>
        new() { Name = name, Description = name, Condition = EventCondition.Success, Delivery = delivery, Schema = "", Publisher = publisher };

    /// <summary>A log whose provider throws for all that Tasker writes.</summary>
    public sealed class BrokenLog(BrokenLog.Part part) : ILoggerProvider
    {
        /// <summary>What throws.</summary>
        public enum Part
        {
            Level,
            Scope,
            EndOfScope,
            Line,
        }

        public ILogger CreateLogger(string categoryName) => new Category(categoryName.StartsWith("Tasker.", StringComparison.Ordinal) ? part : null);

        public void Dispose()
        {
        }

        private sealed class Category(Part? broken) : ILogger, IDisposable
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
            {
                ThrowIf(Part.Scope);
                return this;
            }

            public bool IsEnabled(LogLevel logLevel)
            {
                ThrowIf(Part.Level);
                return true;
            }

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => ThrowIf(Part.Line);

            public void Dispose() => ThrowIf(Part.EndOfScope);

            private void ThrowIf(Part part)
            {
                if (broken == part)
                    throw new IOException("The disk is full.");
            }
        }
    }
}
