using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tasker.Embedded.Tests.Support;

/// <summary>Keeps what was logged, as <c>event id: text</c>.</summary>
public sealed class ListLoggerProvider : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{eventId.Id}: {formatter(state, exception)}");

    public void Dispose()
    {
    }
}
