using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tasker.Handlers;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Hosting;

/// <summary>Sets up Tasker in a host. Assemblies add their handlers with the generated <c>AddHandlers()</c>.</summary>
public sealed class TaskerBuilder
{
    /// <summary>Stands in until a work source is chosen, and says so when the host starts without one.</summary>
    internal static readonly ServiceDescriptor NoWorkSource = ServiceDescriptor.Singleton<IWorkSource>(static _ => throw new ConfigurationException(
        "This host has no work source, so no task can run. Call UseEmbedded(\"Data Source=tasker.db\"), UseEmbeddedInMemory(), UseTaskerCore(...) or another Use method after AddTasker()."));

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

    /// <summary>Says where the worker gets its steps. Called by <c>UseEmbedded</c> and its like.</summary>
    /// <typeparam name="TSource">The work source. The host makes one.</typeparam>
    /// <exception cref="ConfigurationException">The host has a work source already.</exception>
    public TaskerBuilder AddWorkSource<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSource>()
        where TSource : class, IWorkSource
    {
        foreach (var service in Services)
        {
            if (service.ServiceType == typeof(IWorkSource) && !ReferenceEquals(service, NoWorkSource))
                throw new ConfigurationException("This host already has a work source. Call UseEmbedded, UseEmbeddedInMemory, UseTaskerCore or another Use method once.");
        }

        Services.Replace(ServiceDescriptor.Singleton<IWorkSource, TSource>());
        return this;
    }

    /// <summary>Changes how the worker runs steps.</summary>
    public TaskerBuilder ConfigureWorker(Action<WorkerOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>
    /// Chooses which of a template's <c>environments</c> applies. Without it, the environment variable <c>TASKER_ENV</c> says so; without that, none does.
    /// </summary>
    /// <param name="name">The environment's name in the templates, such as <c>production</c>.</param>
    public TaskerBuilder UseEnvironment(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Services.Replace(ServiceDescriptor.Singleton(new TemplateEnvironment(name)));
        return this;
    }

    /// <summary>
    /// Lets a batch worker run for the placeholder of an empty plan too (<see cref="BatchContext.IsPlaceholder"/>), which is answered without it
    /// otherwise. What it returns is in no aggregation.
    /// </summary>
    /// <param name="callable">The batch worker's callable.</param>
    public TaskerBuilder RunPlaceholderBatches(string callable)
    {
        ArgumentException.ThrowIfNullOrEmpty(callable);
        Services.AddSingleton(new PlaceholderRequest(callable));
        return this;
    }

    /// <summary>Adds a classifier that is asked, before the default table, how an exception of any handler is treated.</summary>
    public TaskerBuilder AddErrorClassifier(IErrorClassifier classifier)
    {
        Services.AddSingleton(classifier);
        return this;
    }

    /// <inheritdoc cref="AddErrorClassifier(IErrorClassifier)"/>
    /// <param name="classify">Returns the failure, or <see langword="null"/> to leave it to the next classifier. Called from many threads at once.</param>
    public TaskerBuilder AddErrorClassifier(Func<Exception, StepFailure?> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        return AddErrorClassifier(new DelegateErrorClassifier(classify));
    }

    /// <summary>Adds a classifier that is asked, before those of the host, how an exception of one handler is treated.</summary>
    /// <param name="callable">The handler's callable.</param>
    /// <param name="classifier">The classifier.</param>
    public TaskerBuilder AddErrorClassifier(string callable, IErrorClassifier classifier)
    {
        ArgumentException.ThrowIfNullOrEmpty(callable);
        ArgumentNullException.ThrowIfNull(classifier);
        Services.AddSingleton(new HandlerErrorClassifier(callable, classifier));
        return this;
    }

    /// <inheritdoc cref="AddErrorClassifier(string, IErrorClassifier)"/>
    /// <param name="callable">The handler's callable.</param>
    /// <param name="classify">Returns the failure, or <see langword="null"/> to leave it to the next classifier. Called from many threads at once.</param>
    public TaskerBuilder AddErrorClassifier(string callable, Func<Exception, StepFailure?> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        return AddErrorClassifier(callable, new DelegateErrorClassifier(classify));
    }
}
