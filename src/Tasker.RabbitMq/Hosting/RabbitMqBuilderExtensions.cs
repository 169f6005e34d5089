using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tasker;
using Tasker.Hosting;
using Tasker.RabbitMq;
using Tasker.RabbitMq.Hosting;
using Tasker.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets a worker of a tasker-core deployment use RabbitMQ.</summary>
public static class RabbitMqBuilderExtensions
{
    /// <summary>
    /// The messages of <c>UseTaskerCore</c> travel over RabbitMQ, for deployments with <c>TASKER_MESSAGING_BACKEND=rabbitmq</c>; state and results stay in
    /// its database. A message is acknowledged after the claim of its step is committed. See <c>docs/tasker-core.md</c>.
    /// </summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="url">The broker, such as <c>amqp://user:password@host:5672/%2F</c>.</param>
    /// <param name="configure">Changes further options.</param>
    /// <exception cref="ConfigurationException">The host has another transport already.</exception>
    public static TaskerBuilder UseRabbitMq(this TaskerBuilder tasker, string url, Action<RabbitMqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        var options = tasker.Services.AddOptions<RabbitMqOptions>().Configure(one => one.Url = url);
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        tasker.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqOptions>, RabbitMqOptionsValidator>());
        return tasker.UseTaskerCoreTransport(static provider => new RabbitMqTransport(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<SafeLogger<RabbitMqTransport>>()));
    }
}
