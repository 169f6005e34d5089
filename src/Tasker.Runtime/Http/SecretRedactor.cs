using System.Text.Json;

namespace Tasker.Http;

/// <summary>
/// Removes the secrets of one call from texts of the other side: an API may well repeat what it was sent. Not safe to change from
/// several threads.
/// </summary>
internal sealed class SecretRedactor
{
    private const string Mask = "***";

    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    public void Add(string? secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
            return;
        _secrets.Add(secret);
        _secrets.Add(Uri.EscapeDataString(secret));
        _secrets.Add(JsonEncodedText.Encode(secret).ToString());
    }

    public string Clean(string text)
    {
        foreach (var secret in _secrets.OrderByDescending(static secret => secret.Length))
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }

    /// <summary>The exception when nothing in it has to be hidden; otherwise nothing, since its text cannot be changed.</summary>
    public Exception? Clean(Exception exception)
    {
        var text = exception.ToString();
        return Clean(text) == text ? exception : null;
    }
}
