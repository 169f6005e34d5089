using Microsoft.Extensions.Logging;

namespace Tasker.Http;

/// <summary>The API client's log messages. Event ids are stable: 5xx. Addresses come without their query, headers not at all.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(500, LogLevel.Debug, "API client {Client}: {Request} answered {StatusCode} after {ElapsedMilliseconds:0} ms")]
    public static partial void Answered(ILogger logger, string client, string request, int statusCode, double elapsedMilliseconds);

    [LoggerMessage(501, LogLevel.Debug, "API client {Client}: {Request} failed with {ErrorType} after {ElapsedMilliseconds:0} ms: {Message}")]
    public static partial void Failed(ILogger logger, string client, string request, string errorType, double elapsedMilliseconds, string message);

    [LoggerMessage(502, LogLevel.Debug, "API client {Client}: {Request} is redirected with {StatusCode} to {Address}")]
    public static partial void Redirected(ILogger logger, string client, string request, int statusCode, string address);

    [LoggerMessage(503, LogLevel.Debug, "API client {Client}: {Request} was refused with 401; asking for a new token")]
    public static partial void TokenRefused(ILogger logger, string client, string request);
}
