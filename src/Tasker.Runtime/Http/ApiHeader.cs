using System.Buffers;

namespace Tasker.Http;

/// <summary>What a header may consist of (RFC 9110 §5), so that no value smuggles a header of its own in.</summary>
internal static class ApiHeader
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<string> SensitiveWords =
        SearchValues.Create(["auth", "token", "key", "secret", "cookie", "password", "signature", "credential"], StringComparison.OrdinalIgnoreCase);

    public static bool IsName(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    public static bool IsValue(string? value) => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Whether headers and query parameters of this name tend to carry secrets.</summary>
    public static bool IsSensitive(string name) => name.AsSpan().ContainsAny(SensitiveWords);
}
