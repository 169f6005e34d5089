using Microsoft.Extensions.DependencyInjection;
using Tasker.Handlers;
using Tasker.Worker;

namespace Tasker.Hosting;

/// <summary>Sets up Tasker in a host. Assemblies add their handlers with the generated <c>AddHandlers()</c>.</summary>
public sealed class TaskerBuilder
{
    internal TaskerBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds the handlers and templates of one assembly. Called by generated code. Adding one twice is harmless.</summary>
    public TaskerBuilder AddRegistry(HandlerRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        foreach (var service in Services)
        {
            if (ReferenceEquals(service.ImplementationInstance, registry))
                return this;
        }

        Services.AddSingleton(registry);
        return this;
    }

    /// <summary>Changes how the worker runs steps.</summary>
    public TaskerBuilder ConfigureWorker(Action<WorkerOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Adds a classifier that is asked before the default table how an exception is treated.</summary>
    public TaskerBuilder AddErrorClassifier(IErrorClassifier classifier)
    {
        Services.AddSingleton(classifier);
        return this;
    }
}
