namespace Tasker.Http;

/// <summary>
/// How requests prove who sends them. A missing, empty or unusable secret is a <see cref="ConfigurationException"/> that names the
/// client and the option, at the start of the host and at the latest before the first request; no request is ever sent without the
/// credential. Immutable.
/// </summary>
public abstract class ApiAuthentication
{
    private protected ApiAuthentication() { }

    /// <summary>Sends <c>Authorization: Bearer token</c>.</summary>
    /// <param name="token">The token.</param>
    public static ApiAuthentication Bearer(string? token) => new BearerAuthentication(token);

    /// <summary>Sends <c>Authorization: Basic</c> with the base64 of <c>userName:password</c> in UTF-8.</summary>
    /// <param name="userName">The user's name; has no colon.</param>
    /// <param name="password">The password.</param>
    public static ApiAuthentication Basic(string? userName, string? password) => new BasicAuthentication(userName, password);

    /// <summary>Sends a key in a header of its own.</summary>
    /// <param name="key">The key.</param>
    /// <param name="header">The header's name.</param>
    public static ApiAuthentication ApiKey(string? key, string header = "X-API-Key") => new ApiKeyAuthentication(key, header);

    /// <summary>
    /// Sends <c>Authorization: Bearer</c> with a token that is asked for before each call. When the API answers 401, a new token is asked
    /// for once and, if it differs, the call is sent again.
    /// </summary>
    /// <param name="provider">Gives the token; caching it is up to the provider.</param>
    public static ApiAuthentication TokenProvider(ApiTokenProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new ProvidedTokenAuthentication(provider);
    }

    /// <summary>Whether another credential can be had after the API refused the first.</summary>
    internal virtual bool CanRefresh => false;

    /// <summary>What is wrong with the setup, as the end of a sentence that begins with the option's name; <see langword="null"/> when nothing is.</summary>
    internal abstract string? Problem { get; }

    /// <summary>The credential of one call.</summary>
    /// <exception cref="ConfigurationException">The provider gave no usable token.</exception>
    internal abstract ValueTask<ApiCredential> GetCredentialAsync(string client, bool refresh, CancellationToken cancellationToken);
}

/// <summary>Gives a token for <see cref="ApiAuthentication.TokenProvider"/>. Must be safe to call from many threads at once.</summary>
/// <param name="request">Who asks, and whether a token from a cache will do.</param>
/// <param name="cancellationToken">Set when the call's time is up or its step is cancelled.</param>
/// <returns>The token. Nothing, or an empty one, fails the step.</returns>
public delegate ValueTask<string?> ApiTokenProvider(ApiTokenRequest request, CancellationToken cancellationToken);

/// <summary>A token is needed.</summary>
/// <param name="Client">The name of the API client: the handler's callable.</param>
/// <param name="Refresh">Whether the API refused the last token, so that a cached one must not be given again.</param>
public readonly record struct ApiTokenRequest(string Client, bool Refresh);
