using System.Buffers;

namespace Tasker.Http;

/// <summary>What a header may consist of (RFC 9110 §5), so that no value smuggles a header of its own in.</summary>
internal static class ApiHeader
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsName(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    public static bool IsValue(string? value) => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Whether headers of this name tend to carry secrets.</summary>
    public static bool IsSensitive(string name) =>
        name.Contains("auth", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase)
        || name.Contains("key", StringComparison.OrdinalIgnoreCase)
        || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || name.Contains("cookie", StringComparison.OrdinalIgnoreCase);
}
