using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tasker.Http;

/// <summary>Makes the API clients of steps. Registered with <c>AddApiClient</c>; safe to use from many threads at once.</summary>
public sealed class ApiClientFactory
{
    private readonly IHttpClientFactory _http;
    private readonly IOptionsMonitor<ApiClientOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiClient> _logger;
    private readonly HashSet<string> _names;

    internal ApiClientFactory(
        IHttpClientFactory http,
        IOptionsMonitor<ApiClientOptions> options,
        TimeProvider time,
        ILogger<ApiClient> logger,
        IEnumerable<ApiClientRegistration> registrations)
    {
        _http = http;
        _options = options;
        _time = time;
        _logger = logger;
        _names = [.. registrations.Select(static registration => registration.Name)];
    }

    /// <summary>Makes the client of a callable. Cheap: connections are pooled behind it.</summary>
    /// <param name="callable">The name the client was added under.</param>
    /// <param name="stepCancellation">Ends every call of the client; for a step, the token of its context.</param>
    /// <exception cref="ConfigurationException">There is no such client, or it is set up wrongly, such as with an empty secret.</exception>
    public ApiClient Create(string callable, CancellationToken stepCancellation = default)
    {
        if (!_names.Contains(callable))
            throw new ConfigurationException($"There is no API client '{callable}'. Add it with AddApiClient(\"{callable}\", options => ...) where the host calls AddTasker().");
        try
        {
            return new ApiClient(callable, _http.CreateClient(callable), _options.Get(callable), _time, _logger, stepCancellation);
        }
        catch (OptionsValidationException exception)
        {
            throw new ConfigurationException(string.Join(' ', exception.Failures), exception);
        }
    }
}

/// <summary>That a client of this name was added.</summary>
internal sealed record ApiClientRegistration(string Name);
