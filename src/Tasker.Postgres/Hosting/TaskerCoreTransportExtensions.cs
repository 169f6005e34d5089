using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Tasker;
using Tasker.Hosting;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Database;
using Tasker.Postgres.Hosting;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Recovery;
using Tasker.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the messages of a tasker-core deployment travel elsewhere than through PGMQ queues beside the steps.</summary>
public static class TaskerCoreTransportExtensions
{
    /// <summary>
    /// The PGMQ queues lie in another database than the one of <c>UseTaskerCore</c>, for deployments that set <c>PGMQ_DATABASE_URL</c>. Claims and messages cannot
    /// share a transaction then, which costs two round trips a step more.
    /// </summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="connectionString">The queues' database, in Npgsql's form or as a URL.</param>
    /// <exception cref="ConfigurationException">The text is no connection string, or the host has a transport already.</exception>
    public static TaskerBuilder UsePgmqDatabase(this TaskerBuilder tasker, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        try
        {
            ConnectionText.Parse(connectionString);
        }
        catch (ArgumentException exception)
        {
            // The text itself is not repeated: it may hold a password.
            throw new ConfigurationException($"The connection string of the queues' database is not valid: {exception.Message}.", exception);
        }

        return tasker.UseTaskerCoreTransport(provider =>
        {
            var loggers = provider.GetRequiredService<ILoggerFactory>();
            return new PgmqTransport(
                DataSources.Pooled(connectionString, loggers),
                DataSources.Standing(connectionString, loggers),
                provider.GetRequiredService<ServedTemplates>().Namespaces,
                provider.GetRequiredService<TimeProvider>(),
                new SafeLogger<PgmqTransport>(loggers));
        });
    }

    /// <summary>Uses a transport for the messages of <c>UseTaskerCore</c>; state and results stay in its database. Transports have a method of their own that calls this one.</summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="create">Makes the transport. The host disposes of it.</param>
    /// <exception cref="ConfigurationException">The host has a transport already.</exception>
    public static TaskerBuilder UseTaskerCoreTransport(this TaskerBuilder tasker, Func<IServiceProvider, IMessageTransport> create)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        ArgumentNullException.ThrowIfNull(create);
        var services = tasker.Services;
        if (services.Any(service => service.ServiceType == typeof(IMessageTransport)))
            throw new ConfigurationException("The messages of tasker-core already have a transport in this host. Choose one.");
        services.AddSingleton(create);
        services.Replace(ServiceDescriptor.Singleton<IStepSource, QueuesElsewhere>());
        services.AddSingleton<KeptEvents>();
        services.AddSingleton<ResultAnnouncer>();
        services.AddSingleton<EventRecovery>();
        services.AddSingleton<ResultRecovery>();
        return tasker;
    }
}
