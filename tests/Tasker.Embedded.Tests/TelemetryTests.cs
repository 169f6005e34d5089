using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tasker.Embedded.Tests.Support;
using Tasker.Telemetry;

namespace Tasker.Embedded.Tests;

public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_tell_of_steps_tasks_and_commits()
    {
        var flow = new Flow("metered").Step("a").Fails("b", ["a"], Never, _ => new StepFailure { Message = "no", ErrorType = "broken", Retryable = false });
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [flow]);
        using var metrics = new Measured(host.Services.GetRequiredService<IMeterFactory>());

        await host.RunAsync(flow);

        Assert.Equal(1, metrics.Sum("tasker.steps", ("tasker.step.name", "a"), ("tasker.step.state", "complete"), ("tasker.task.name", "metered")));
        Assert.Equal(1, metrics.Sum("tasker.steps", ("tasker.step.name", "b"), ("tasker.step.state", "error")));
        Assert.Equal(1, metrics.Sum("tasker.tasks", ("tasker.task.state", "blocked_by_failures"), ("tasker.task.name", "metered")));
        Assert.Equal(2, metrics.Count("tasker.step.duration"));
        Assert.True(metrics.Sum("tasker.commit.size") >= 4);
        Assert.True(metrics.Count("tasker.commit.duration") >= 2);
    }

    [Fact]
    public async Task Gauges_tell_what_is_going_on()
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var flow = new Flow("gauged").Add(Flow.Define("a", []), async (context, outcome) =>
        {
            begun.TrySetResult();
            await gate.Task;
            await Flow.Ran(context, outcome);
        });
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbeddedInMemory(), [flow], slots: 1);
        using var metrics = new Measured(host.Services.GetRequiredService<IMeterFactory>());
        var first = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        await begun.Task.WaitAsync(EngineHost.Token);
        var second = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);

        metrics.Observe();

        Assert.Equal(1, metrics.Sum("tasker.steps.ready"));
        Assert.Equal(1, metrics.Sum("tasker.steps.running"));
        Assert.Equal(2, metrics.Sum("tasker.tasks.in_flight"));
        gate.SetResult();
        await first.WaitAsync(EngineHost.Token);
        await second.WaitAsync(EngineHost.Token);
        Assert.Equal(2, metrics.Count("tasker.task.duration"));
    }

    [Fact]
    public async Task Traces_link_each_step_to_those_it_waited_for_and_to_who_started_the_task()
    {
        var flow = new Flow("traced").Step("a").Step("b").Step("c", "a", "b");
        var ended = new ConcurrentDictionary<string, Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is TaskerTelemetry.Name or nameof(TelemetryTests),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("tasker.task.name") is "traced")
                    ended[(string)activity.GetTagItem("tasker.step.name")!] = activity;
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbeddedInMemory(), [flow]);
        using var source = new ActivitySource(nameof(TelemetryTests));

        ActivityContext starter;
        Tasker.Client.TaskHandle task;
        using (var start = source.StartActivity("start"))
        {
            starter = start!.Context;
            task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        }

        await task.WaitAsync(EngineHost.Token);

        var last = await EventuallyAsync(() => ended.GetValueOrDefault("c"));
        Assert.Equal([starter], ended["a"].Links.Select(link => link.Context));
        Assert.Equal([ended["a"].Context, ended["b"].Context], last.Links.Select(link => link.Context));
        Assert.Equal(task.Id, last.GetTagItem("tasker.task.id"));
        Assert.NotNull(last.GetTagItem("tasker.correlation_id"));
        Assert.Equal(ActivityKind.Consumer, last.Kind);
    }

    /// <summary>Also of the engine's own lines, and of what it measures once something is stored.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_and_a_listener_that_throw_keep_no_task_from_ending(bool inFile)
    {
        var flow = new Flow("unheard").Step("a").Fails("b", ["a"], Never, _ => new StepFailure { Message = "no", ErrorType = "broken", Retryable = false });
        await using var host = await EngineHost.StartAsync(
            tasker =>
            {
                _ = inFile ? tasker.UseEmbedded(_folder.ConnectionString) : tasker.UseEmbeddedInMemory();
                tasker.Services.AddLogging(logging => logging.AddProvider(new BrokenLog()));
            },
            [flow],
            slots: 1);
        using var listener = new MeterListener();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == TaskerTelemetry.Name && ReferenceEquals(instrument.Meter.Scope, meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>(static (_, _, _, _) => throw new InvalidOperationException("The listener is broken."));
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("The listener is broken."));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("The listener is broken."));
        listener.Start();

        var task = await host.RunAsync(flow).WaitAsync(TimeSpan.FromSeconds(30), EngineHost.Token);
        await host.RunAsync(flow).WaitAsync(TimeSpan.FromSeconds(30), EngineHost.Token);

        Assert.Equal([StepState.Complete, StepState.Error], task.Steps.Select(step => step.State));
    }

    private static Templates.RetryPolicy Never => new() { MaxAttempts = 1 };

    /// <summary>A task can be seen as finished a moment before its last attempt's trace ends.</summary>
    private static async Task<T> EventuallyAsync<T>(Func<T?> find)
        where T : class
    {
        while (true)
        {
            if (find() is { } found)
                return found;
            EngineHost.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What one host's meters measured.</summary>
    private sealed class Measured : IDisposable
    {
        private readonly ConcurrentQueue<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _values = new();
        private readonly MeterListener _listener = new();

        public Measured(IMeterFactory host)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TaskerTelemetry.Name && ReferenceEquals(instrument.Meter.Scope, host))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _values.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _values.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.Start();
        }

        public void Observe() => _listener.RecordObservableInstruments();

        public int Count(string name) => _values.Count(value => value.Name == name);

        public double Sum(string name, params (string Name, string Value)[] tags) => _values
            .Where(value => value.Name == name && tags.All(tag => value.Tags.Any(other => other.Key == tag.Name && tag.Value.Equals(other.Value))))
            .Sum(value => value.Value);

        public void Dispose() => _listener.Dispose();
    }
}
