using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Tasker.Json;

namespace Tasker.Http;

/// <summary>
/// Calls an HTTP API from a step. A status that is no success, an answer that cannot be read, a connection that fails and a time that is
/// up become an <see cref="ApiException"/> that says whether the step is retried and after how long. Requests and answers are streamed.
/// Messages, logs and results carry no secret and no query string. Lives as long as the step's attempt; safe to use from several
/// threads at once.
/// </summary>
public sealed class ApiClient
{
    private readonly string _name;
    private readonly HttpClient _http;
    private readonly ApiClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _step;

    internal ApiClient(string name, HttpClient http, ApiClientOptions options, TimeProvider time, ILogger logger, CancellationToken step)
    {
        _name = name;
        _http = http;
        _options = options;
        _time = time;
        _logger = logger;
        _step = step;
    }

    /// <summary>Sends a request and returns when the head of its answer is there.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up. The cancellation of the step always does.</param>
    /// <returns>The answer, a success or of an expected status. Dispose it.</returns>
    /// <exception cref="ApiException">The API answered with another status, or not at all.</exception>
    /// <exception cref="ConfigurationException">The client is set up wrongly.</exception>
    public async Task<ApiResponse> SendAsync(ApiRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var address = ApiAddress.Resolve(_name, _options.BaseAddress, request.Path, request.QueryParameters);
        var timeout = request.Timeout ?? _options.Timeout ?? ApiClientOptions.DefaultTimeout;
        var call = new ApiCall(_name, request.Method, address, _options, timeout, _time, _step, cancellationToken);
        var started = _time.GetTimestamp();
        try
        {
            return await AnswerAsync(call, request, address, started).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var translated = call.Translate(exception, cancellationToken);
            if ((translated ?? exception) is StepException failure)
                ApiLog.Failed(_logger, _name, call.Request, failure.ErrorType, _time.GetElapsedTime(started).TotalMilliseconds, failure.Message);
            call.Dispose();
            if (translated is null)
                throw;
            throw translated;
        }
    }

    /// <summary>Sends a request and reads its answer as JSON.</summary>
    /// <exception cref="ApiException">The API answered with another status, with something unreadable, or not at all.</exception>
    /// <exception cref="ConfigurationException">The client is set up wrongly.</exception>
    public Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        return SendAsync(request, new ApiJson<T>(type), cancellationToken);
    }

    /// <summary>Sends a request and reads its answer as JSON, with a generated reader.</summary>
    /// <exception cref="ApiException">The API answered with another status, with something unreadable, or not at all.</exception>
    /// <exception cref="ConfigurationException">The client is set up wrongly.</exception>
    public Task<T> SendAsync<T>(ApiRequest request, JsonCodec<T> codec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return SendAsync(request, new ApiJson<T>(codec), cancellationToken);
    }

    /// <summary>Sends a request and saves its answer to a file; see <see cref="ApiResponse.SaveAsync"/>.</summary>
    /// <exception cref="ApiException">The API answered with another status, or the body did not arrive.</exception>
    /// <exception cref="ConfigurationException">The client is set up wrongly.</exception>
    /// <exception cref="NotFoundException">The file's folder does not exist.</exception>
    public async Task<ApiDownload> DownloadAsync(ApiRequest request, string path, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await response.SaveAsync(path, cancellationToken).ConfigureAwait(false);
    }

    internal string Name => _name;

    internal async Task<T> SendAsync<T>(ApiRequest request, ApiJson<T> json, CancellationToken cancellationToken)
    {
        using var response = await SendJsonAsync(request, cancellationToken).ConfigureAwait(false);
        return await response.ReadJsonAsync(json, cancellationToken).ConfigureAwait(false);
    }

    internal Task<ApiResponse> SendJsonAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(_options.DefaultHeaders.ContainsKey("Accept") ? request : request.WithHeaderDefault("Accept", "application/json"), cancellationToken);
    }

    private async Task<ApiResponse> AnswerAsync(ApiCall call, ApiRequest request, Uri address, long started)
    {
        var message = await ExchangeAsync(call, request, address).ConfigureAwait(false);
        var response = new ApiResponse(call, message);
        ApiLog.Answered(_logger, _name, call.Request, response.StatusCode, _time.GetElapsedTime(started).TotalMilliseconds);
        if (response.IsSuccess || request.ExpectedStatuses.Contains(response.StatusCode))
            return response;
        using (response)
            throw await FailureAsync(call, response).ConfigureAwait(false);
    }

    /// <summary>Sends the request as often as redirects and a refused token make necessary.</summary>
    private async Task<HttpResponseMessage> ExchangeAsync(ApiCall call, ApiRequest request, Uri address)
    {
        foreach (var secret in ApiAddress.Secrets(address))
            call.Secrets.Add(secret);
        var target = new Target(request.Method, address, IsOrigin: true, HasBody: true);
        var credential = await CredentialAsync(call, refresh: false).ConfigureAwait(false);
        var mayRefresh = _options.Authentication is { CanRefresh: true };
        for (var redirects = 0; ;)
        {
            var response = await SendOnceAsync(call, request, target, credential).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            if (status == 401 && mayRefresh && target.IsOrigin)
            {
                mayRefresh = false;
                ApiLog.TokenRefused(_logger, _name, call.Request);
                var fresh = await CredentialAsync(call, refresh: true).ConfigureAwait(false);
                if (fresh?.Value == credential?.Value)
                    return response;
                credential = fresh;
            }
            else if (RedirectPolicy.IsRedirect(status) && !request.ExpectedStatuses.Contains(status) && Location(response, target.Address) is { } next)
            {
                target = Redirect(call, response, target, next, ++redirects);
            }
            else
            {
                return response;
            }

            response.Dispose();
        }
    }

    private async ValueTask<ApiCredential?> CredentialAsync(ApiCall call, bool refresh)
    {
        if (_options.Authentication is not { } authentication)
            return null;
        var credential = await authentication.GetCredentialAsync(_name, refresh, call.Token).ConfigureAwait(false);
        foreach (var secret in credential.Secrets)
            call.Secrets.Add(secret);
        return credential;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiCall call, ApiRequest request, Target target, ApiCredential? credential)
    {
        var message = new HttpRequestMessage(target.Method, target.Address)
        {
            // HTTP/2 where the server offers it over TLS.
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
            Content = target.HasBody ? request.Content?.Invoke() : null,
        };
        foreach (var (name, value) in Headers(request, credential))
        {
            if (ApiHeader.IsSensitive(name))
                call.Secrets.Add(value);
            if (target.IsOrigin || RedirectPolicy.IsPublic(name))
                AddHeader(message, request, name, value);
        }

        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, call.Token).ConfigureAwait(false);
    }

    /// <summary>The credential first, then what the request says, then the defaults: of each name the first one counts.</summary>
    private IEnumerable<KeyValuePair<string, string>> Headers(ApiRequest request, ApiCredential? credential)
    {
        var all = request.Headers.Concat(_options.DefaultHeaders).Append(new("User-Agent", "Tasker"));
        if (credential is not null)
            all = all.Prepend(new(credential.Header, credential.Value));
        return all.DistinctBy(static header => header.Key, StringComparer.OrdinalIgnoreCase);
    }

    private static void AddHeader(HttpRequestMessage message, ApiRequest request, string name, string value)
    {
        if (message.Headers.TryAddWithoutValidation(name, value))
            return;
        // What is left are headers that describe a body.
        if (message.Content is { } content)
        {
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, value);
        }
        else if (request.Headers.Any(header => header.Key == name) && message.Method == request.Method)
        {
            throw new ValidationException($"The header '{name}' describes a body, but the request has none.");
        }
    }

    private Target Redirect(ApiCall call, HttpResponseMessage response, Target target, Uri next, int redirects)
    {
        var status = (int)response.StatusCode;
        var objection = redirects > _options.MaxRedirects
            ? string.Create(CultureInfo.InvariantCulture, $"it is more than {_options.MaxRedirects} redirects ({nameof(ApiClientOptions)}.{nameof(ApiClientOptions.MaxRedirects)})")
            : RedirectPolicy.Objection(target.Method, status, target.Address, next, _options.Tls.ClientCertificate is not null);
        var shown = call.Secrets.Clean(ApiAddress.Display(next));
        if (objection is not null)
        {
            response.Dispose();
            var message = string.Create(CultureInfo.InvariantCulture, $"HTTP {status}: the redirect to {shown} was not followed: {objection}.");
            throw StatusFailure(call, status, message, retryAfter: null, ErrorBody.None);
        }

        ApiLog.Redirected(_logger, _name, call.Request, status, shown);
        var method = RedirectPolicy.NextMethod(target.Method, status);
        // Once the origin is left, coming back does not bring the credentials back.
        return new Target(method, next, target.IsOrigin && ApiAddress.SameOrigin(target.Address, next), target.HasBody && method == target.Method);
    }

    private static Uri? Location(HttpResponseMessage response, Uri from) =>
        response.Headers.NonValidated.TryGetValues("Location", out var values) && Uri.TryCreate(from, values.ToString(), out var address) ? address : null;

    private async Task<ApiException> FailureAsync(ApiCall call, ApiResponse response)
    {
        var body = await response.ReadErrorAsync().ConfigureAwait(false);
        var retryAfter = RetryAfterHeader.Read(response.Header("Retry-After"), _time.GetUtcNow());
        var detail = body.Detail ?? ApiStatus.Of(response.StatusCode).Reason;
        return StatusFailure(call, response.StatusCode, string.Create(CultureInfo.InvariantCulture, $"HTTP {response.StatusCode}: {detail}"), retryAfter, body);
    }

    private ApiException StatusFailure(ApiCall call, int statusCode, string message, TimeSpan? retryAfter, ErrorBody body)
    {
        var status = ApiStatus.Of(statusCode);
        var context = new Dictionary<string, string> { ["request"] = call.Request };
        if (body.Excerpt is { } excerpt)
            context["response_body"] = excerpt;
        return new ApiException(message, status.ErrorType, status.Retryable || _options.AlsoRetryable.Contains(statusCode))
        {
            ErrorCode = string.Create(CultureInfo.InvariantCulture, $"HTTP_{statusCode}"),
            StatusCode = statusCode,
            RetryAfter = retryAfter,
            Context = context,
        };
    }

    /// <summary>Where a request goes next.</summary>
    private readonly record struct Target(HttpMethod Method, Uri Address, bool IsOrigin, bool HasBody);
}
