using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tasker.Http.Tests;

/// <summary>Keeps every message, with its exception, of every category.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Waits for a line that contains a text.</summary>
    public Task WaitForAsync(string text)
    {
        var arrived = _awaited.GetOrAdd(text, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
            arrived.TrySetResult();
        return arrived.Task;
    }

    public ILogger CreateLogger(string categoryName) => new Collecting(categoryName, this);

    public void Dispose() { }

    private void Add(string line)
    {
        _lines.Enqueue(line);
        foreach (var (text, arrived) in _awaited)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                arrived.TrySetResult();
        }
    }

    private sealed class Collecting(string category, LogCollector logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            logs.Add($"{category} scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Add($"{category} {eventId.Id} {formatter(state, exception)} {exception}");
    }
}
