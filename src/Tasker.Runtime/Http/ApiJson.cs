using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tasker.Json;

namespace Tasker.Http;

/// <summary>One of the two ways to read and write a type as JSON: a serializer of System.Text.Json or a generated one.</summary>
internal readonly struct ApiJson<T>
{
    private readonly JsonTypeInfo<T>? _type;
    private readonly JsonCodec<T>? _codec;

    public ApiJson(JsonTypeInfo<T> type) => _type = type;

    public ApiJson(JsonCodec<T> codec) => _codec = codec;

    public string TypeName => _codec?.TypeName ?? typeof(T).Name;

    public HttpContent ToContent(T value)
    {
        if (_type is not null)
            return JsonContent.Create(value, _type);
        var content = new ByteArrayContent(_codec!.ToUtf8(value));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    /// <summary>Reads a whole body in UTF-8.</summary>
    /// <exception cref="JsonException">It is not JSON, or not that of the type.</exception>
    public ValueTask<T?> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        _type is not null ? JsonSerializer.DeserializeAsync(body, _type, cancellationToken) : ReadWholeAsync(body, _codec!, cancellationToken);

    /// <summary>Generated readers need the text in one piece; it lives in a pooled buffer.</summary>
    private static async ValueTask<T?> ReadWholeAsync(Stream body, JsonCodec<T> codec, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (true)
            {
                var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    return Read(codec, buffer.AsSpan(0, length));
                length += read;
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static T Read(JsonCodec<T> codec, ReadOnlySpan<byte> json)
    {
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            return codec.FromUtf8(json);
        }
        catch (JsonReadException exception)
        {
            throw new JsonException($"{JsonPath.At(json, exception.Offset)}: expected {exception.Expected}, found {exception.Found}", exception);
        }
    }
}
