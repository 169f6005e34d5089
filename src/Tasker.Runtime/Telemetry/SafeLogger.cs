using Microsoft.Extensions.Logging;

namespace Tasker.Telemetry;

/// <summary>
/// A log that never throws. A log provider of the application's that does, as a full disk may make it, must fail neither a step nor a loop that runs for all of them; and there
/// is nobody to be told of it but the log. Thread-safe.
/// </summary>
/// <param name="log">The log that is written to.</param>
public class SafeLogger(ILogger log) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return log.BeginScope(state) is { } scope ? new Scope(scope) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return log.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            log.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // The other providers of the host have the line.
        }
    }

    private sealed class Scope(IDisposable scope) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                scope.Dispose();
            }
            catch (Exception)
            {
                // It is over all the same.
            }
        }
    }
}

/// <summary>A log that never throws, of a category.</summary>
/// <typeparam name="T">The type that the category is named after.</typeparam>
/// <param name="logs">The logs of the host.</param>
public sealed class SafeLogger<T>(ILoggerFactory logs) : SafeLogger(logs.CreateLogger<T>()), ILogger<T>;
