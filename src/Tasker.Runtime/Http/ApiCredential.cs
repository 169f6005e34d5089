using System.Text;

namespace Tasker.Http;

/// <summary>A header that proves who sends a request, and the texts in it that must never be shown. No record: those print themselves.</summary>
internal sealed class ApiCredential(string header, string value, params string[] secrets)
{
    public string Header { get; } = header;

    public string Value { get; } = value;

    public string[] Secrets { get; } = secrets;
}

internal sealed class BearerAuthentication(string? token) : ApiAuthentication
{
    internal override string? Problem => ApiSecret.Problem("the Bearer token", token);

    internal override ValueTask<ApiCredential> GetCredentialAsync(string client, bool refresh, CancellationToken cancellationToken) =>
        new(new ApiCredential("Authorization", $"Bearer {token}", token!));
}

internal sealed class BasicAuthentication(string? userName, string? password) : ApiAuthentication
{
    internal override string? Problem
    {
        get
        {
            if (string.IsNullOrWhiteSpace(userName))
                return "the user name of Basic is missing or empty";
            if (userName.Contains(':', StringComparison.Ordinal))
                return "the user name of Basic contains a colon, which Basic cannot carry";
            return string.IsNullOrWhiteSpace(password) ? "the password of Basic is missing or empty" : null;
        }
    }

    internal override ValueTask<ApiCredential> GetCredentialAsync(string client, bool refresh, CancellationToken cancellationToken)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
        return new(new ApiCredential("Authorization", $"Basic {encoded}", encoded, password!));
    }
}

internal sealed class ApiKeyAuthentication(string? key, string header) : ApiAuthentication
{
    internal override string? Problem =>
        ApiHeader.IsName(header) ? ApiSecret.Problem("the API key", key) : "the name of the API key's header is not a valid header name";

    internal override ValueTask<ApiCredential> GetCredentialAsync(string client, bool refresh, CancellationToken cancellationToken) =>
        new(new ApiCredential(header, key!, key!));
}

internal sealed class ProvidedTokenAuthentication(ApiTokenProvider provider) : ApiAuthentication
{
    internal override bool CanRefresh => true;

    internal override string? Problem => null;

    internal override async ValueTask<ApiCredential> GetCredentialAsync(string client, bool refresh, CancellationToken cancellationToken)
    {
        var token = await provider(new ApiTokenRequest(client, refresh), cancellationToken).ConfigureAwait(false);
        return ApiSecret.Problem("the token from the token provider", token) is { } problem
            ? throw new ConfigurationException($"API client '{client}': {nameof(ApiClientOptions)}.{nameof(ApiClientOptions.Authentication)}: {problem}.")
            : new ApiCredential("Authorization", $"Bearer {token}", token!);
    }
}

internal static class ApiSecret
{
    /// <summary>Never names the secret itself.</summary>
    public static string? Problem(string what, string? secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
            return $"{what} is missing or empty";
        return ApiHeader.IsValue(secret) && !char.IsWhiteSpace(secret[0]) && !char.IsWhiteSpace(secret[^1])
            ? null
            : $"{what} begins or ends with white space, or has a character that a header cannot carry, such as a line break";
    }
}
