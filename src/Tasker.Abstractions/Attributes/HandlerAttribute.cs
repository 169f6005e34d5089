using Tasker.Templates;

namespace Tasker;

/// <summary>
/// What every handler attribute can say. <see cref="Callable"/> and <see cref="Method"/> hold wherever the handler is used; the other
/// properties describe the handler's step in a class with <see cref="TaskTemplateAttribute"/> and mean nothing elsewhere, because there
/// the YAML template describes the step.
/// </summary>
/// <param name="callable">The stable name that templates refer to. It never changes when the method or its class is renamed.</param>
public abstract class HandlerAttribute(string callable) : Attribute
{
    /// <summary>The stable name that templates refer to.</summary>
    public string Callable { get; } = callable;

    /// <summary>
    /// Picks this handler among several with the same callable: it runs for steps whose template says <c>handler.method</c> with
    /// this name. Unset means the default handler (<c>call</c>).
    /// </summary>
    public string? Method { get; set; }

    /// <summary>The step's name, at most 128 characters. Unset means <see cref="Callable"/>.</summary>
    public string? Step { get; set; }

    /// <summary>
    /// The names of steps that the step waits for without reading their results. Steps that a parameter reads with
    /// <see cref="FromStepAttribute"/> are waited for anyway.
    /// </summary>
    public string[]? DependsOn { get; set; }

    /// <summary>All attempts, the first included: 1 or more. Default 3 (protocol sheet §3.2, <c>retry.max_attempts</c>).</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Whether a retryable failure is tried again at all. Default <see langword="true"/> (protocol sheet §3.2, <c>retry.retryable</c>).</summary>
    public bool Retryable { get; set; } = true;

    /// <summary>How the wait between attempts grows. Default <see cref="BackoffStrategy.Exponential"/>; tasker-core has a backoff of its own.</summary>
    public BackoffStrategy Backoff { get; set; } = BackoffStrategy.Exponential;

    /// <summary>The first wait in milliseconds: 0 or more. Default 1,000; tasker-core has a backoff of its own.</summary>
    public int BackoffBaseMilliseconds { get; set; } = 1000;

    /// <summary>The longest wait in milliseconds: 0 or more. Default 30,000; tasker-core has a backoff of its own.</summary>
    public int MaxBackoffMilliseconds { get; set; } = 30_000;

    /// <summary>How long one attempt may take, in seconds: 1 or more. Unset (0) means the worker's default.</summary>
    public int TimeoutSeconds { get; set; }
}
