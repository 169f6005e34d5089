namespace Tasker.Worker;

/// <summary>How a worker runs steps.</summary>
public sealed class WorkerOptions
{
    /// <summary>How many handlers run at once. Default 10; 1 or more. A step is claimed only when one of these slots is free.</summary>
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>
    /// How long an attempt may take when its step's template does not say. Default <see langword="null"/>: as long as it needs.
    /// </summary>
    public TimeSpan? DefaultTimeout { get; set; }

    /// <summary>
    /// How long a handler may go on after it has been told to stop before its slot is given to the next step and its late result is
    /// ignored. Default 5 seconds.
    /// </summary>
    public TimeSpan CancellationGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running handlers may finish by themselves when the worker stops. Default 20 seconds.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How many fast domain events may wait, for the dispatcher and for each of their subscribers. What comes on top is dropped, counted and logged: events never
    /// hold up a step. So many durable ones may be on their way to subscribers; the others wait in the store. Default 1,024; 1 or more.
    /// </summary>
    public int EventQueueCapacity { get; set; } = 1024;
}
