using Microsoft.Extensions.Logging;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A log whose provider throws for all that Tasker and the driver write.</summary>
public sealed class BrokenLog : ILoggerProvider
{
    private int _lines;

    /// <summary>How many lines the driver wrote in vain.</summary>
    public int DriverLines => Volatile.Read(ref _lines);

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(BrokenLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var isDriver = name.StartsWith("Npgsql", StringComparison.Ordinal);
            if (isDriver)
                Interlocked.Increment(ref log._lines);
            if (isDriver || name.StartsWith("Tasker.", StringComparison.Ordinal))
                throw new IOException("The disk is full.");
        }
    }
}
