using Microsoft.Extensions.Logging;

namespace Tasker.Embedded.Tests.Support;

/// <summary>A log whose provider throws for all that Tasker writes.</summary>
public sealed class BrokenLog : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(categoryName.StartsWith("Tasker.", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Category(bool isBroken) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isBroken)
                throw new IOException("The disk is full.");
        }
    }
}
