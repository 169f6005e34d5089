using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tasker;
using Tasker.Client;
using Tasker.Embedded;
using Tasker.Embedded.Engine;
using Tasker.Embedded.Hosting;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Telemetry;
using Tasker.Hosting;
using Tasker.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the embedded engine: tasks are orchestrated in this process.</summary>
public static class EmbeddedTaskerBuilderExtensions
{
    /// <summary>
    /// Orchestrates tasks in this process and keeps them in a SQLite file, where they survive a crash. One process at a time may use a file.
    /// </summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="connectionString">Where, such as <c>Data Source=tasker.db</c>.</param>
    /// <param name="configure">Changes further options.</param>
    /// <exception cref="ConfigurationException">The host orchestrates tasks otherwise already.</exception>
    public static TaskerBuilder UseEmbedded(this TaskerBuilder tasker, string connectionString, Action<EmbeddedOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return AddEngine(tasker, options => options.ConnectionString = connectionString, configure);
    }

    /// <summary>Orchestrates tasks in this process and keeps them in memory: for tests, and for work that may be lost with the process.</summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="configure">Changes further options.</param>
    /// <exception cref="ConfigurationException">The host orchestrates tasks otherwise already.</exception>
    public static TaskerBuilder UseEmbeddedInMemory(this TaskerBuilder tasker, Action<EmbeddedOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        return AddEngine(tasker, options => options.ConnectionString = null, configure);
    }

    private static TaskerBuilder AddEngine(TaskerBuilder tasker, Action<EmbeddedOptions> where, Action<EmbeddedOptions>? configure)
    {
        var services = tasker.AddWorkSource<EmbeddedWorkSource>().Services;
        var options = services.AddOptions<EmbeddedOptions>().Configure(where);
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EmbeddedOptions>, EmbeddedOptionsValidator>());
        services.AddSingleton<ITaskStore>(static provider => CreateStore(
            provider.GetRequiredService<IOptions<EmbeddedOptions>>().Value,
            provider.GetRequiredService<SafeLogger<SqliteTaskStore>>()));
        services.AddSingleton<PlanCache>();
        services.AddSingleton(static _ => new RetrySchedule(Random.Shared));
        services.AddSingleton<EngineMetrics>();
        services.AddSingleton<EmbeddedEngine>();
        services.TryAddSingleton<StartRequestValidator>();
        services.AddSingleton<ITaskClient, EmbeddedTaskClient>();
        services.AddHostedService<EngineService>();
        return tasker;
    }

    private static ITaskStore CreateStore(EmbeddedOptions options, ILogger logger) => options.ConnectionString is { } connectionString
        ? new SqliteTaskStore(connectionString, options.Durability, options.KeepFinishedTasks, logger)
        : new InMemoryTaskStore(options.FinishedTasksInMemory);
}
