namespace Tasker.Postgres;

/// <summary>How to reach the REST API of a tasker-core orchestrator (protocol sheet §10).</summary>
public sealed class TaskerCoreClientOptions
{
    /// <summary>The orchestrator, such as <c>http://orchestrator:8080</c>. Set by <c>AddTaskerCoreClient</c>.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>Gives the token of an <c>Authorization: Bearer</c> header, for each request anew; <see langword="null"/>, as by default, sends none.</summary>
    public Func<CancellationToken, ValueTask<string>>? BearerToken { get; set; }

    /// <summary>An API key; <see langword="null"/>, as by default, sends none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The header of the API key. Default <c>X-API-Key</c>.</summary>
    public string ApiKeyHeader { get; set; } = "X-API-Key";

    /// <summary>How often a task that is waited for is looked at. Default 500 milliseconds; more than zero, at most 24 days.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long one request may take. Default 30 seconds; more than zero, at most 24 days.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
