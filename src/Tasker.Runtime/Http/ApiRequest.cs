using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Tasker.Json;

namespace Tasker.Http;

/// <summary>
/// A request to an API. Immutable: each <c>With</c> method returns a changed copy, so one request can be the start of several, and safe to
/// share between threads. Bodies are made anew for every sending.
/// </summary>
public sealed class ApiRequest
{
    /// <summary>Creates a request.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path, added to the client's base address, or an absolute address of the same origin.</param>
    /// <exception cref="ValidationException">The path has a part that would change its folder.</exception>
    public ApiRequest(HttpMethod method, ApiPath path)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        Method = method;
        Path = path.Build();
    }

    /// <summary>The HTTP method.</summary>
    public HttpMethod Method { get; private init; }

    internal string Path { get; private init; }

    internal ImmutableArray<KeyValuePair<string, string>> QueryParameters { get; private init; } = [];

    internal ImmutableArray<KeyValuePair<string, string>> Headers { get; private init; } = [];

    internal ImmutableArray<int> ExpectedStatuses { get; private init; } = [];

    internal Func<HttpContent>? Content { get; private init; }

    internal TimeSpan? Timeout { get; private init; }

    /// <summary>A GET request.</summary>
    public static ApiRequest Get(ApiPath path) => new(HttpMethod.Get, path);

    /// <summary>A POST request.</summary>
    public static ApiRequest Post(ApiPath path) => new(HttpMethod.Post, path);

    /// <summary>A PUT request.</summary>
    public static ApiRequest Put(ApiPath path) => new(HttpMethod.Put, path);

    /// <summary>A PATCH request.</summary>
    public static ApiRequest Patch(ApiPath path) => new(HttpMethod.Patch, path);

    /// <summary>A DELETE request.</summary>
    public static ApiRequest Delete(ApiPath path) => new(HttpMethod.Delete, path);

    /// <summary>Adds a query parameter, escaped; nothing when <paramref name="value"/> is <see langword="null"/>.</summary>
    public ApiRequest WithQuery(string name, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return value is null ? this : Copy(query: QueryParameters.Add(new(name, value)));
    }

    /// <summary>Adds a query parameter as <c>true</c> or <c>false</c>; nothing when <paramref name="value"/> is <see langword="null"/>.</summary>
    public ApiRequest WithQuery(string name, bool? value) => WithQuery(name, value switch { true => "true", false => "false", null => null });

    /// <summary>Adds a query parameter in its culture-independent form, dates and times in ISO 8601.</summary>
    public ApiRequest WithQuery<T>(string name, T value)
        where T : IFormattable
    {
        ArgumentNullException.ThrowIfNull(value);
        return WithQuery(name, value.ToString(value is DateTime or DateTimeOffset or DateOnly or TimeOnly ? "O" : null, CultureInfo.InvariantCulture));
    }

    /// <summary>As <see cref="WithQuery{T}(string, T)"/>; nothing when <paramref name="value"/> is <see langword="null"/>.</summary>
    public ApiRequest WithQuery<T>(string name, T? value)
        where T : struct, IFormattable => value is { } present ? WithQuery(name, present) : this;

    /// <summary>Sets a header, in place of a default header of that name.</summary>
    /// <exception cref="ValidationException">The name or the value cannot be sent. The message does not show the value.</exception>
    public ApiRequest WithHeader(string name, string value)
    {
        if (!ApiHeader.IsName(name))
            throw new ValidationException($"'{name}' is not a valid header name.");
        if (!ApiHeader.IsValue(value))
            throw new ValidationException($"The value of the header '{name}' is missing or has a character that a header cannot carry, such as a line break.");
        return Copy(headers: Headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Add(new(name, value)));
    }

    /// <summary>Sends a value as JSON, serialized straight into the connection.</summary>
    public ApiRequest WithJson<T>(T value, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return WithBody(() => new ApiJson<T>(type).ToContent(value));
    }

    /// <summary>Sends a value as JSON, serialized by generated code.</summary>
    public ApiRequest WithJson<T>(T value, JsonCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return WithBody(() => new ApiJson<T>(codec).ToContent(value));
    }

    /// <summary>Sends fields as <c>application/x-www-form-urlencoded</c>.</summary>
    public ApiRequest WithForm(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var kept = fields.ToArray();
        return WithBody(() => new FormUrlEncodedContent(kept));
    }

    /// <summary>Sends fields and files as <c>multipart/form-data</c>. Files are streamed.</summary>
    public ApiRequest WithMultipart(ApiMultipart parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return WithBody(parts.ToContent);
    }

    /// <summary>Sends a file as the whole body, streamed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="contentType">Its media type.</param>
    public ApiRequest WithFile(string path, string contentType = "application/octet-stream")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return WithBody(() => ApiContent.FromFile(path, contentType));
    }

    /// <summary>Sends any body.</summary>
    /// <param name="content">Makes the body. Called for every sending, since redirects and new tokens send a request again.</param>
    public ApiRequest WithBody(Func<HttpContent> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Copy(content: content);
    }

    /// <summary>Gives this request its own time in place of the client's; <see cref="ApiClientOptions.Timeout"/> says what it bounds.</summary>
    public ApiRequest WithTimeout(TimeSpan timeout)
    {
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return Copy(timeout: timeout);
    }

    /// <summary>Takes statuses as answers that are otherwise failures, such as 404 for "there is none".</summary>
    public ApiRequest WithExpectedStatus(params ReadOnlySpan<int> statuses) => Copy(expected: ExpectedStatuses.AddRange(statuses));

    /// <summary>Sets a header unless the request has it.</summary>
    internal ApiRequest WithHeaderDefault(string name, string value) =>
        Headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) ? this : Copy(headers: Headers.Add(new(name, value)));

    /// <summary>Sets a query parameter in place of those of that name.</summary>
    internal ApiRequest WithQueryReplaced(string name, string value) =>
        Copy(query: QueryParameters.RemoveAll(parameter => parameter.Key == name).Add(new(name, value)));

    /// <summary>The same request to another address that has its own query.</summary>
    internal ApiRequest At(Uri address) => Copy(path: address.AbsoluteUri, query: []);

    private ApiRequest Copy(
        string? path = null,
        ImmutableArray<KeyValuePair<string, string>>? query = null,
        ImmutableArray<KeyValuePair<string, string>>? headers = null,
        ImmutableArray<int>? expected = null,
        Func<HttpContent>? content = null,
        TimeSpan? timeout = null) => new(Method, path ?? Path)
        {
            QueryParameters = query ?? QueryParameters,
            Headers = headers ?? Headers,
            ExpectedStatuses = expected ?? ExpectedStatuses,
            Content = content ?? Content,
            Timeout = timeout ?? Timeout,
        };
}
