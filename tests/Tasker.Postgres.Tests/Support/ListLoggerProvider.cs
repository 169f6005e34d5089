using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tasker.Postgres.Tests.Support;

/// <summary>Keeps what is logged, and lets a test wait for an event.</summary>
public sealed class ListLoggerProvider : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _entries = new();
    private readonly Lock _gate = new();
    private readonly List<(int Id, TaskCompletionSource<string> Seen)> _waiting = [];

    public IReadOnlyList<string> Lines => [.. _entries.Select(entry => entry.Text)];

    /// <summary>Waits for a message with an event id.</summary>
    public Task<string> WaitForAsync(int id)
    {
        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                if (entry.Id == id)
                    return Task.FromResult(entry.Text);
            }

            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((id, seen));
            return seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public int Count(int id) => _entries.Count(entry => entry.Id == id);

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var text = formatter(state, exception) + (exception is null ? "" : " " + exception);
        lock (_gate)
        {
            _entries.Enqueue((eventId.Id, text));
            foreach (var waiting in _waiting.Where(one => one.Id == eventId.Id).ToList())
            {
                waiting.Seen.TrySetResult(text);
                _waiting.Remove(waiting);
            }
        }
    }
}
