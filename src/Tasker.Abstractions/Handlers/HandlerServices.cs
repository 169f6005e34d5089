namespace Tasker.Handlers;

/// <summary>Gets the services that the constructors of handler classes take. Called by generated code.</summary>
public static class HandlerServices
{
    /// <summary>Gets a service for a constructor.</summary>
    /// <typeparam name="THandler">The handler class.</typeparam>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <exception cref="ConfigurationException">The host has no such service.</exception>
    public static TService Required<THandler, TService>(IServiceProvider services)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.GetService(typeof(TService)) is TService service
            ? service
            : throw new ConfigurationException(
                $"The constructor of {typeof(THandler)} needs the service {typeof(TService)}, but the host has none. Register it with the host's service collection.");
    }

    /// <summary>Gets a service that is registered under a key for a constructor.</summary>
    /// <typeparam name="THandler">The handler class.</typeparam>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="service">What the host has under it.</param>
    /// <exception cref="ConfigurationException">The host has no such service.</exception>
    public static TService RequiredKeyed<THandler, TService>(object? key, TService? service)
        where TService : notnull =>
        service
        ?? throw new ConfigurationException(
            $"The constructor of {typeof(THandler)} needs the service {typeof(TService)} with the key '{key}', but the host has none. Register it under that key with the host's service collection.");
}
