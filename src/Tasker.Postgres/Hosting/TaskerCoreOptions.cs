namespace Tasker.Postgres;

/// <summary>How a host works for a tasker-core deployment.</summary>
public sealed class TaskerCoreOptions
{
    /// <summary>
    /// The database of the deployment: <c>Host=...;Database=...;Username=...</c>, or a URL such as <c>postgresql://user:password@host/database</c>.
    /// Set by <c>UseTaskerCore</c>. The session's time zone is set to UTC and, unless the text says otherwise, its search path to <c>tasker,public</c>.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// The namespaces to serve; of the host's templates, only those of these namespaces are registered. Empty, as by default, means all namespaces of the
    /// host's templates.
    /// </summary>
    public IList<string> Namespaces { get; } = [];

    /// <summary>
    /// What this worker is called in its claims. A worker that is started again under the same name recovers within seconds the steps that it was running
    /// when it died. Default: the machine's name.
    /// </summary>
    public string WorkerName { get; set; } = Environment.MachineName;

    /// <summary>
    /// How long a worker must have been out of touch with the database before others report the steps that it was running as retryable failures.
    /// Default 2 minutes; 1 second to 24 days. Concerns .NET workers only: the claims of others carry no name.
    /// </summary>
    public TimeSpan WorkerSilence { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the queues are looked into without a notification. Default 500 milliseconds; 10 milliseconds to 24 days.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the host's templates are written to the database at the start. Default <see langword="true"/>.</summary>
    public bool RegisterTemplates { get; set; } = true;

    /// <summary>
    /// Called at the start for each template whose stored form is new or has changed, with the key under which tasker-core's distributed cache holds it
    /// (protocol sheet §3.3), <c>tasker:task_template:{namespace}:{name}:{version}</c>. Where the deployment has such a cache (Redis, Memcached), delete the key:
    /// otherwise the orchestrator goes on with the old template until the entry expires. An exception ends the start. Default: nothing is called.
    /// </summary>
    public Func<string, CancellationToken, ValueTask>? TemplateChanged { get; set; }

    /// <summary>How long the start waits for a database that does not answer. Default 30 seconds.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the last outcomes, and the batches that yielded and got no slot again, may take to be stored when the worker stops. Default 10 seconds; at most 24 days.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
