using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Tasker;
using Tasker.Client;
using Tasker.Hosting;
using Tasker.Postgres;
using Tasker.Postgres.Client;
using Tasker.Postgres.Messages;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds clients that start and follow the tasks of a tasker-core deployment.</summary>
public static class TaskerCoreClientExtensions
{
    /// <summary>
    /// Adds an <see cref="ITaskClient"/> over the REST API of a tasker-core orchestrator. It needs no database and no worker, and goes with a host that has
    /// one.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="orchestrator">The orchestrator, such as <c>http://orchestrator:8080</c>.</param>
    /// <param name="configure">Changes further options, such as a token or an API key.</param>
    /// <exception cref="ConfigurationException">The host has a client already.</exception>
    public static IServiceCollection AddTaskerCoreClient(this IServiceCollection services, Uri orchestrator, Action<TaskerCoreClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(orchestrator);
        CheckFirst(services);
        var options = services.AddOptions<TaskerCoreClientOptions>().Configure(one => one.BaseAddress = orchestrator);
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskerCoreClientOptions>, TaskerCoreClientOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static provider => new RestConnection(
            provider.GetRequiredService<IOptions<TaskerCoreClientOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITaskClient>(static provider => new RestTaskClient(
            provider.GetRequiredService<RestConnection>(),
            provider.GetRequiredService<IOptions<TaskerCoreClientOptions>>().Value,
            new StartRequestValidator(provider.GetService<ISchemaValidator>()),
            provider.GetService<TemplateCatalog>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>
    /// Adds an <see cref="ITaskClient"/> that starts tasks over the orchestrator's request queue and reads them from the database of <c>UseTaskerCore</c>.
    /// It cannot cancel tasks or resolve steps, which only the orchestrator's REST API can.
    /// </summary>
    /// <param name="tasker">The host's Tasker, after <c>UseTaskerCore</c>.</param>
    /// <exception cref="ConfigurationException">The host has a client already.</exception>
    public static TaskerBuilder UseTaskerCoreQueueClient(this TaskerBuilder tasker)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        CheckFirst(tasker.Services);
        tasker.Services.AddSingleton<ITaskClient>(static provider => new QueueTaskClient(
            provider.GetService<NpgsqlDataSource>()
                ?? throw new ConfigurationException("UseTaskerCoreQueueClient needs the database of UseTaskerCore; call that as well."),
            provider.GetRequiredService<IOptions<TaskerCoreOptions>>().Value,
            new StartRequestValidator(provider.GetService<ISchemaValidator>()),
            provider.GetService<TemplateCatalog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IMessageTransport>()));
        return tasker;
    }

    private static void CheckFirst(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(ITaskClient)))
            throw new ConfigurationException("This host already has a task client. Add one of them.");
    }
}
