using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tasker.Hosting;
using Tasker.Http;
using Tasker.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds API clients to Tasker.</summary>
public static class ApiClientBuilderExtensions
{
    /// <summary>
    /// Adds the API client of a callable, or changes it. Its <see cref="HttpClient"/> comes from <see cref="IHttpClientFactory"/> under
    /// the callable's name, so <c>services.AddHttpClient("fetch_rates")</c> can add message handlers to it.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="callable">The handler's callable.</param>
    /// <param name="configure">Sets the options. Wins over the handler's attribute.</param>
    public static TaskerBuilder AddApiClient(this TaskerBuilder builder, string callable, Action<ApiClientOptions>? configure = null)
    {
        Register(builder, callable);
        if (configure is not null)
            builder.Services.Configure(callable, configure);
        return builder;
    }

    /// <summary>
    /// As <see cref="AddApiClient(TaskerBuilder, string, Action{ApiClientOptions}?)"/>, with the host's services, such as its
    /// configuration to take a secret from.
    /// </summary>
    public static TaskerBuilder AddApiClient(this TaskerBuilder builder, string callable, Action<ApiClientOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Register(builder, callable);
        builder.Services.AddOptions<ApiClientOptions>(callable).Configure(configure);
        return builder;
    }

    /// <summary>
    /// Adds the API client of a handler with what its attribute says, which holds where the host says nothing. Called by generated code;
    /// the order relative to <c>AddApiClient</c> does not matter.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="callable">The handler's callable.</param>
    /// <param name="baseAddress">The attribute's base address.</param>
    /// <param name="timeoutSeconds">The attribute's time in seconds; 0 when it has none.</param>
    public static TaskerBuilder DeclareApiClient(this TaskerBuilder builder, string callable, string? baseAddress = null, int timeoutSeconds = 0)
    {
        Register(builder, callable);
        builder.Services.PostConfigure<ApiClientOptions>(callable, options =>
        {
            if (baseAddress is not null)
                options.BaseAddress ??= new Uri(baseAddress, UriKind.RelativeOrAbsolute);
            if (timeoutSeconds != 0)
                options.Timeout ??= TimeSpan.FromSeconds(timeoutSeconds);
        });
        return builder;
    }

    private static void Register(TaskerBuilder builder, string callable)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(callable);
        var services = builder.Services;
        var registration = new ApiClientRegistration(callable);
        if (services.Any(service => registration.Equals(service.ImplementationInstance)))
            return;
        services.AddSingleton(registration);
        services.TryAddSingleton(static provider => new ApiClientFactory(
            provider.GetRequiredService<IHttpClientFactory>(),
            provider.GetRequiredService<IOptionsMonitor<ApiClientOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            new SafeLogger<ApiClient>(provider.GetRequiredService<ILoggerFactory>()),
            provider.GetServices<ApiClientRegistration>()));
        services.AddOptions<ApiClientOptions>(callable).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ApiClientOptions>, ApiClientOptionsValidator>());
        services.AddHttpClient(callable)
            // The client logs by itself, without queries and headers whatever the host's settings.
            .RemoveAllLoggers()
            .ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider =>
                ApiConnections.Create(provider.GetRequiredService<IOptionsMonitor<ApiClientOptions>>().Get(callable)));
    }
}
