using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tasker.Client;
using Tasker.Http;

namespace Tasker.Postgres.Client;

/// <summary>Requests to the orchestrator's REST API, and its errors as exceptions that say what to do (protocol sheet §10.5).</summary>
internal sealed class RestConnection(TaskerCoreClientOptions options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        // Without the slash the last part of its path would be left out.
        BaseAddress = options.BaseAddress is { } address && !address.AbsolutePath.EndsWith('/') ? new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri : options.BaseAddress,
        Timeout = options.Timeout,
    };

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request and reads its answer.</summary>
    /// <returns>The answer, or <see langword="null"/> when there is nothing at that address and <paramref name="mayBeMissing"/> allows it.</returns>
    public async Task<JsonDocument?> SendAsync(HttpMethod method, string path, byte[]? body, bool mayBeMissing, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (options.BearerToken is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken).ConfigureAwait(false));
        if (options.ApiKey is { } key)
            request.Headers.TryAddWithoutValidation(options.ApiKeyHeader, key);

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return Parse(method, path, text);
            if (mayBeMissing && response.StatusCode is HttpStatusCode.NotFound)
                return null;
            throw Error(response, $"{method} {path}", text);
        }
        catch (HttpRequestException exception)
        {
            throw new NetworkException($"tasker-core at {options.BaseAddress} cannot be reached: {exception.Message}", innerException: exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"tasker-core at {options.BaseAddress} did not answer '{method} {path}' within {options.Timeout}.", exception);
        }
    }

    private static JsonDocument Parse(HttpMethod method, string path, byte[] text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new ApiException($"The answer to '{method} {path}' is not JSON: {exception.Message}", "http_error", retryable: false, exception);
        }
    }

    private Exception Error(HttpResponseMessage response, string what, byte[] text)
    {
        var (code, message) = ReadError(text);
        var said = $"tasker-core refused '{what}' with {(int)response.StatusCode}{(code.Length > 0 ? " " + code : "")}: {message}";
        return (int)response.StatusCode switch
        {
            400 or 422 => new ValidationException(said),
            401 => new AuthenticationException($"{said} Check {nameof(TaskerCoreClientOptions.BearerToken)} or {nameof(TaskerCoreClientOptions.ApiKey)}."),
            403 => new AuthorizationException($"{said} The token or key lacks the permission."),
            404 => new NotFoundException(said),
            408 => new TimeoutException(said),
            409 => new DuplicateTaskException(null, said),
            429 or 503 => new ServiceUnavailableException(said, RetryAfterHeader.Read(response, time.GetUtcNow())),
            >= 500 => new ApiException(said, "server_error", retryable: true) { StatusCode = (int)response.StatusCode },
            _ => new ApiException(said, "http_error", retryable: false) { StatusCode = (int)response.StatusCode },
        };
    }

    private static (string Code, string Message) ReadError(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var error = document.RootElement.GetProperty("error");
            return (error.GetProperty("code").GetString() ?? "", error.GetProperty("message").GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ("", "the answer does not say why.");
        }
    }
}
