using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tasker.Json;

namespace Tasker.Http;

/// <summary>
/// An answer whose head has arrived and whose body is still to be read, once. Dispose it, or the connection stays in use. Not safe to
/// use from several threads.
/// </summary>
public sealed class ApiResponse : IDisposable
{
    private readonly ApiCall _call;
    private readonly HttpResponseMessage _message;

    internal ApiResponse(ApiCall call, HttpResponseMessage message)
    {
        _call = call;
        _message = message;
    }

    /// <summary>The status: a success, or one the request expected.</summary>
    public int StatusCode => (int)_message.StatusCode;

    /// <summary>Whether the status is from 200 to 299.</summary>
    public bool IsSuccess => ApiStatus.IsSuccess(StatusCode);

    /// <summary>The media type of the body, such as <c>application/json</c>, if the API named one.</summary>
    public string? ContentType => MediaType?.MediaType;

    /// <summary>The size of the body in bytes, if the API named it.</summary>
    public long? ContentLength => _message.Content.Headers.ContentLength;

    /// <summary>The values of a header, joined with commas; <see langword="null"/> when the answer does not have it.</summary>
    public string? Header(string name) =>
        _message.Headers.NonValidated.TryGetValues(name, out var values) || _message.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    /// <summary>Reads the body as JSON.</summary>
    /// <exception cref="ApiException">The body is not JSON, not that of the type, too large, or did not arrive.</exception>
    public Task<T> ReadJsonAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        return ReadJsonAsync(new ApiJson<T>(type), cancellationToken);
    }

    /// <summary>Reads the body as JSON, with a generated reader.</summary>
    /// <exception cref="ApiException">The body is not JSON, not that of the type, too large, or did not arrive.</exception>
    public Task<T> ReadJsonAsync<T>(JsonCodec<T> codec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return ReadJsonAsync(new ApiJson<T>(codec), cancellationToken);
    }

    /// <summary>Reads the body as text.</summary>
    /// <exception cref="ApiException">The body is too large or did not arrive.</exception>
    public async Task<string> ReadTextAsync(CancellationToken cancellationToken = default)
    {
        var body = await OpenBoundedAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var reader = new StreamReader(body, Charset());
            return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Opens the body as it arrives, of any size. The call's time bounds how long it may stand still. Only asynchronous reads are
    /// possible.
    /// </summary>
    /// <exception cref="ApiException">The body did not arrive; also thrown by reads.</exception>
    public async Task<Stream> OpenStreamAsync(CancellationToken cancellationToken = default) =>
        await OpenAsync(maxBytes: null, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Saves the body to a file of any size. The file appears, or is replaced, when all of it is safely on the disk; after a failure
    /// nothing of it is left. The call's time bounds how long the download may stand still.
    /// </summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiException">The body did not arrive.</exception>
    /// <exception cref="NotFoundException">The folder does not exist.</exception>
    public async Task<ApiDownload> SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        var target = Path.GetFullPath(path);
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new NotFoundException($"The folder of the file '{target}' to download to does not exist.");
        // Beside the target, since only within one file system is a move atomic.
        var partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            var bytes = await SavePartAsync(partial, cancellationToken).ConfigureAwait(false);
            File.Move(partial, target, overwrite: true);
            return new ApiDownload(target, bytes, ContentType);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Closes the body and frees the connection.</summary>
    public void Dispose()
    {
        _message.Dispose();
        _call.Dispose();
    }

    internal Uri? Address => _message.RequestMessage?.RequestUri;

    internal async Task<T> ReadJsonAsync<T>(ApiJson<T> json, CancellationToken cancellationToken)
    {
        if (StatusCode is 204 or 205 || ContentLength is 0)
            throw Unreadable($"it has status {StatusCode} and no body; send requests without an answer with SendAsync");
        if (ContentType is not null && !IsJson)
            throw Unreadable($"it is {_call.Secrets.Clean(ContentType)}, not JSON; read it with ReadTextAsync or save it to a file");
        var charset = Charset();
        var body = await OpenBoundedAsync(cancellationToken).ConfigureAwait(false);
        Stream text = charset is UTF8Encoding ? body : Encoding.CreateTranscodingStream(body, charset, Encoding.UTF8);
        await using (text.ConfigureAwait(false))
        {
            try
            {
                return await json.ReadAsync(text, cancellationToken).ConfigureAwait(false)
                    ?? throw Unreadable($"it is null where {json.TypeName} is needed");
            }
            catch (JsonException exception)
            {
                throw Unreadable($"it is not the JSON of {json.TypeName}: {_call.Secrets.Clean(exception.Message.TrimEnd('.'))}", exception);
            }
        }
    }

    /// <summary>Reads a body of ordinary size that nobody wants, so that its connection can be used again.</summary>
    internal Task SkipAsync() => ReadErrorAsync();

    internal async Task<ErrorBody> ReadErrorAsync()
    {
        try
        {
            var body = await OpenAsync(maxBytes: null, CancellationToken.None, restartTimeout: false).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
                return await ErrorBody.ReadAsync(body, IsJson, _call.Secrets, _call.Token).ConfigureAwait(false);
        }
        catch (ApiException)
        {
            return ErrorBody.None;
        }
    }

    private MediaTypeHeaderValue? MediaType =>
        Header("Content-Type") is { } text && MediaTypeHeaderValue.TryParse(text, out var type) ? type : null;

    private bool IsJson =>
        ContentType is { } type
        && (type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private async Task<Stream> OpenBoundedAsync(CancellationToken cancellationToken)
    {
        var limit = _call.Options.MaxResponseBytes;
        return ContentLength > limit
            ? throw ApiBodyStream.TooLarge(_call, limit)
            : await OpenAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> OpenAsync(long? maxBytes, CancellationToken cancellationToken, bool? restartTimeout = null)
    {
        try
        {
            using (_call.CancelWith(cancellationToken))
            {
                var body = await _message.Content.ReadAsStreamAsync(_call.Token).ConfigureAwait(false);
                return new ApiBodyStream(_call, body, maxBytes, restartTimeout ?? maxBytes is null);
            }
        }
        catch (Exception exception) when (_call.Translate(exception, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<long> SavePartAsync(string partial, CancellationToken cancellationToken)
    {
        const int BufferBytes = 81_920;
        var body = await OpenAsync(maxBytes: null, cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                await body.CopyToAsync(file, BufferBytes, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
                return file.Length;
            }
        }
    }

    private Encoding Charset()
    {
        if (MediaType?.CharSet?.Trim('"') is not { Length: > 0 } name)
            return Encoding.UTF8;
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException exception)
        {
            throw Unreadable($"its character set '{_call.Secrets.Clean(name)}' is unknown", exception);
        }
    }

    /// <summary>Permanent: the API said that it succeeded, and asking again would do the same thing a second time.</summary>
    private ApiException Unreadable(string why, Exception? cause = null) =>
        _call.Failure($"The answer of {_call.Request} cannot be read: {why}.", "invalid_response", retryable: false, cause, StatusCode);
}
