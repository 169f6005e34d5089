using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tasker.Events;
using Tasker.Hosting;
using Tasker.Telemetry;
using Tasker.Worker;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Tasker to a host.</summary>
public static class TaskerServiceCollectionExtensions
{
    /// <summary>
    /// Adds the worker. Follow it with the generated <c>AddHandlers()</c> of each assembly and with a work source, such as
    /// <c>UseEmbedded(...)</c>.
    /// </summary>
    public static TaskerBuilder AddTasker(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.AddMetrics();
        services.AddOptions<WorkerOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(typeof(SafeLogger<>));
        services.TryAddSingleton<TaskerMetrics>();
        services.TryAddSingleton<ErrorClassifier>();
        services.TryAddSingleton<HandlerTable>();
        services.TryAddSingleton<TemplateCatalog>();
        services.TryAddSingleton(TemplateEnvironment.FromVariable());
        services.TryAdd(TaskerBuilder.NoWorkSource);
        services.TryAddSingleton<StepRunner>();
        services.TryAddSingleton<EventMaker>();
        services.TryAddSingleton<EventDispatcher>();

        // Before the worker, so that they are stopped after it and get the events of the last steps.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EventDispatcher>(static provider => provider.GetRequiredService<EventDispatcher>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutboxDelivery>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StepWorker>());
        return new TaskerBuilder(services);
    }
}
