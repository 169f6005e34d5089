using Microsoft.Extensions.DependencyInjection.Extensions;
using Tasker;
using Tasker.Hosting;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Recovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the messages of a tasker-core deployment travel elsewhere than through PGMQ queues beside the steps.</summary>
public static class TaskerCoreTransportExtensions
{
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
        services.AddSingleton<ResultAnnouncer>();
        services.AddSingleton<ResultRecovery>();
        return tasker;
    }
}
