using System.Globalization;

namespace Tasker.Http;

/// <summary>Reads <c>Retry-After</c> (RFC 9110 §10.2.3).</summary>
public static class RetryAfterHeader
{
    /// <summary>Beyond an hour an orchestrator takes a waiting step for dead (protocol sheet §8.3).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The API wants a wait but does not say intelligibly how long (worker behaviour sheet §7.2).</summary>
    public static readonly TimeSpan Unreadable = TimeSpan.FromSeconds(60);

    private static readonly string[] DateFormats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
    ];

    /// <summary>Reads the header of an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="now">The time that a date counts from.</param>
    /// <returns>The wait from zero to an hour; <see langword="null"/> when the header is absent or empty.</returns>
    public static TimeSpan? Read(HttpResponseMessage response, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? Read(values.ToString(), now) : null;
    }

    /// <summary>Reads the header.</summary>
    /// <param name="value">Its value: seconds, or an HTTP date in one of its three forms.</param>
    /// <param name="now">The time that a date counts from.</param>
    /// <returns>The wait from zero to an hour; <see langword="null"/> when the header is absent or empty.</returns>
    public static TimeSpan? Read(string? value, DateTimeOffset now)
    {
        var text = value.AsSpan().Trim();
        if (text.IsEmpty)
            return null;
        var negative = text[0] is '-';
        var digits = negative ? text[1..] : text;
        if (!digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9'))
        {
            if (negative)
                return TimeSpan.Zero;
            return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Longest.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : Longest;
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite;
        return DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, Utc, out var date) ? Clamp(date - now) : Unreadable;
    }

    private static TimeSpan Clamp(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
}
