using Microsoft.Extensions.Logging;
using Tasker.Telemetry;

namespace Tasker.Postgres.Telemetry;

/// <summary>Logs that never throw, for the driver: it writes to them between a statement and its answer, and an answer that is lost may be that of a claim.</summary>
/// <param name="logs">The logs of the host.</param>
internal sealed class SafeLoggers(ILoggerFactory logs) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new SafeLogger(logs.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => logs.AddProvider(provider);

    /// <summary>The logs are the host's.</summary>
    public void Dispose()
    {
    }
}
