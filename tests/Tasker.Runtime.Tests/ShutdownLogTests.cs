using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tasker.Work;

namespace Tasker.Tests;

/// <summary>A worker that stops says what it waits for, so that nobody takes the wait for a hang.</summary>
public sealed class ShutdownLogTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(90);

    private readonly QueueWorkSource _source = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ShutdownLog _log = new();
    private readonly SemaphoreSlim _running = new(0);
    private readonly TaskCompletionSource _release = new();
    private IHost? _host;

    [Fact]
    public async Task Steps_that_finish_in_time_are_counted_once()
    {
        await StartAsync();
        var reports = await RunAsync(2);

        var stopping = _host!.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal((103, LogLevel.Information, "Worker stops: 2 steps still run, they may take 00:01:30 to finish"), await _log.First);
        _release.SetResult();
        await stopping;

        Assert.All(await Task.WhenAll(reports), report => Assert.False(report.Released));
        Assert.Equal([103, 101], _log.Ids);
    }

    [Fact]
    public async Task Steps_that_do_not_finish_are_counted_when_the_grace_is_over()
    {
        await StartAsync();
        var reports = await RunAsync(2);

        await StopAsync();
        Assert.All(await Task.WhenAll(reports), report => Assert.True(report.Released));
        Assert.Equal([103, 104, 201, 201, 101], _log.Ids);
        Assert.Contains((104, LogLevel.Warning, "2 steps did not finish before the worker had to stop; they are cancelled and handed back"), _log.Lines);
    }

    [Fact]
    public async Task A_handler_that_does_not_stop_does_not_keep_the_worker_from_ending()
    {
        await StartAsync(isDeaf: true);
        var reports = await RunAsync(1);

        await StopAsync();

        Assert.False(reports[0].IsCompleted);
        Assert.Equal([103, 104, 105, 101], _log.Ids);
        Assert.Contains((105, LogLevel.Warning, "1 handlers do not stop although they were told to; the worker ends without them, and their steps are run again"), _log.Lines);
        _release.SetResult();
        await reports[0];
    }

    public static TheoryData<bool, Exception?> Ends => new()
    {
        { true, null },
        { true, new IOException("It failed at last.") },
        { true, new OperationCanceledException("It obeyed at last.") },
        { false, new IOException("It failed at last.") },
    };

    /// <summary>By then there is nobody whom anything could be told. Its step is run again.</summary>
    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_handler_that_outlives_its_host_ends_in_silence(bool isStopped, Exception? end)
    {
        await StartAsync(isDeaf: true);
        await RunAsync(1);
        if (isStopped)
            await StopAsync();
        _host!.Dispose();

        // What follows the handler runs in here, to its end.
        await Task.Run(() => end is null ? _release.TrySetResult() : _release.TrySetException(end), TestContext.Current.CancellationToken);

        Assert.Equal(0, _log.LateLines);
        Assert.False(_source.IsLastReported);
    }

    [Fact]
    public async Task A_step_that_is_over_is_not_waited_for()
    {
        await StartAsync(slots: 1);
        _release.SetResult();
        await (await RunAsync(1))[0];

        // The slot is past its step when it has claimed again, here in vain.
        var failed = _source.FailClaims(1);
        _ = _source.Run("hold");
        await failed;
        await _host!.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal([102, 101], _log.Ids);
    }

    public void Dispose()
    {
        _host?.Dispose();
        _running.Dispose();
    }

    private async Task StartAsync(int slots = 3, bool isDeaf = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerProvider>(_ => _log);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<IWorkSource>(_source);
        builder.Services.AddTasker()
            .ConfigureWorker(options => (options.MaxConcurrency, options.ShutdownGrace) = (slots, Grace))
            .AddRegistry(new TestRegistry(new TestHandler("hold", async (context, outcome) =>
            {
                _running.Release();
                await _release.Task.WaitAsync(isDeaf ? CancellationToken.None : context.CancellationToken);
                outcome.SetNothing();
            })));
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lets time pass until the worker has ended.</summary>
    private async Task StopAsync()
    {
        var stopping = _host!.StopAsync(TestContext.Current.CancellationToken);
        while (!stopping.IsCompleted)
        {
            _time.Advance(Grace);
            await Task.WhenAny(stopping, Task.Run(static () => { }, TestContext.Current.CancellationToken));
        }

        await stopping;
    }

    private async Task<Task<QueueWorkSource.Report>[]> RunAsync(int steps)
    {
        var reports = Enumerable.Range(0, steps).Select(_ => _source.Run("hold")).ToArray();
        for (var i = 0; i < steps; i++)
            await _running.WaitAsync(TestContext.Current.CancellationToken);
        return reports;
    }

    /// <summary>What the worker logs after its start.</summary>
    private sealed class ShutdownLog : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource<(int Id, LogLevel Level, string Text)> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private volatile bool _isDisposed;
        private int _lateLines;

        /// <summary>How often something was logged after the end, as much as it was refused.</summary>
        public int LateLines => Volatile.Read(ref _lateLines);

        public ConcurrentQueue<(int Id, LogLevel Level, string Text)> Lines { get; } = new();

        public IEnumerable<int> Ids => Lines.Select(line => line.Id);

        public Task<(int Id, LogLevel Level, string Text)> First => _first.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_isDisposed)
                Interlocked.Increment(ref _lateLines);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (eventId.Id is 0 or 100 or >= 300)
                return;
            var line = (eventId.Id, logLevel, formatter(state, exception));
            Lines.Enqueue(line);
            _first.TrySetResult(line);
        }

        public void Dispose() => _isDisposed = true;
    }
}
