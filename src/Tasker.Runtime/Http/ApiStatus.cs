namespace Tasker.Http;

/// <summary>How a status that is no success is treated (worker behaviour sheet §7.1, Python column).</summary>
/// <param name="ErrorType">The failure's type.</param>
/// <param name="Retryable">Whether another attempt can succeed.</param>
/// <param name="Reason">What to say when the API says nothing.</param>
public readonly record struct ApiStatus(string ErrorType, bool Retryable, string Reason)
{
    /// <summary>How a status is treated.</summary>
    public static ApiStatus Of(int status) => status switch
    {
        400 => new("bad_request", false, "Bad Request"),
        401 => new("unauthorized", false, "Unauthorized"),
        403 => new("forbidden", false, "Forbidden"),
        404 => new("not_found", false, "Not Found"),
        405 => new("method_not_allowed", false, "Method Not Allowed"),
        408 => new("request_timeout", true, "Request Timeout"),
        409 => new("conflict", false, "Conflict"),
        410 => new("gone", false, "Gone"),
        422 => new("unprocessable_entity", false, "Unprocessable Entity"),
        429 => new("rate_limited", true, "Too Many Requests"),
        500 => new("internal_server_error", true, "Internal Server Error"),
        502 => new("bad_gateway", true, "Bad Gateway"),
        503 => new("service_unavailable", true, "Service Unavailable"),
        504 => new("gateway_timeout", true, "Gateway Timeout"),
        >= 400 and <= 499 => new("client_error", false, "HTTP Error"),
        >= 500 and <= 599 => new("server_error", false, "HTTP Error"),
        _ => new("http_error", false, "HTTP Error"),
    };

    /// <summary>Whether a status is from 200 to 299.</summary>
    public static bool IsSuccess(int status) => status is >= 200 and <= 299;
}
