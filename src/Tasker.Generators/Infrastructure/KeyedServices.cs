namespace Tasker.Generators.Infrastructure;

/// <summary>Writes calls that get a service by its key; all arguments are expressions.</summary>
internal static class KeyedServices
{
    private const string Extensions = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderKeyedServiceExtensions";

    /// <summary>The service, or null when there is none.</summary>
    public static string Get(string type, string services, string key) => $"{Extensions}.GetKeyedService<{type}>({services}, {key})";
}
