using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>Keeps what the engine reports about defects of its own: anything critical.</summary>
internal sealed class DefectLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _defects = new();

    public IReadOnlyCollection<string> Defects => _defects;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Critical;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _defects.Enqueue(formatter(state, exception) + " " + exception);
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
