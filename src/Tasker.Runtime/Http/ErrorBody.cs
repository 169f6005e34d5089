using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tasker.Http;

/// <summary>What a failed request's answer says about its cause. Reads a bounded piece of it, whatever its size.</summary>
internal sealed class ErrorBody
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxDetailCharacters = 500;
    private const int MaxExcerptCharacters = 2_000;

    /// <summary>In the order in which they are asked (worker behaviour sheet §7.3).</summary>
    private static readonly string[] DetailMembers = ["error", "message", "detail", "error_message", "msg"];

    private ErrorBody(string? detail, string? excerpt)
    {
        Detail = detail;
        Excerpt = excerpt;
    }

    public static ErrorBody None { get; } = new(null, null);

    /// <summary>The API's own words for the cause.</summary>
    public string? Detail { get; }

    /// <summary>The beginning of the body.</summary>
    public string? Excerpt { get; }

    public static async Task<ErrorBody> ReadAsync(Stream body, bool isJson, SecretRedactor redactor, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            var length = 0;
            var complete = false;
            try
            {
                while (length < MaxBytes && !complete)
                {
                    var read = await body.ReadAsync(buffer.AsMemory(length, MaxBytes - length), cancellationToken).ConfigureAwait(false);
                    complete = read == 0;
                    length += read;
                }
            }
            catch (ApiException)
            {
                // The status is known and says more than a connection that broke or stood still while the details came.
            }

            return length == 0 ? None : Read(buffer.AsSpan(0, length), isJson, complete, redactor);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ErrorBody Read(ReadOnlySpan<byte> body, bool isJson, bool complete, SecretRedactor redactor)
    {
        var detail = isJson ? FindDetail(body, complete) : null;
        return new ErrorBody(
            detail is null ? null : Shorten(redactor.Clean(detail), MaxDetailCharacters),
            Shorten(redactor.Clean(Encoding.UTF8.GetString(body)), MaxExcerptCharacters));
    }

    private static string? FindDetail(ReadOnlySpan<byte> json, bool complete)
    {
        var found = new string?[DetailMembers.Length];
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: complete, state: default);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var member = Array.IndexOf(DetailMembers, reader.GetString());
                if (!reader.Read())
                    break;
                if (member >= 0)
                    found[member] ??= ReadText(ref reader);
                else if (!reader.TrySkip())
                    break;
            }
        }
        catch (JsonException)
        {
            // Cut off or malformed: what was found before that still counts.
        }

        return Array.Find(found, static text => !string.IsNullOrWhiteSpace(text));
    }

    /// <summary>A text, or the <c>message</c> of an object. Leaves the reader on the value's last token.</summary>
    private static string? ReadText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String)
            return reader.GetString();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.TrySkip();
            return null;
        }

        string? message = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isMessage = reader.ValueTextEquals("message"u8);
            if (!reader.Read())
                break;
            if (isMessage && reader.TokenType is JsonTokenType.String)
                message ??= reader.GetString();
            else if (!reader.TrySkip())
                break;
        }

        return message;
    }

    private static string Shorten(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
