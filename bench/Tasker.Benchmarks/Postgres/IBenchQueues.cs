using Tasker.Hosting;

namespace Tasker.Benchmarks.Postgres;

/// <summary>Where the messages of a measured drain lie.</summary>
internal interface IBenchQueues
{
    /// <summary>Has a worker use them.</summary>
    void UseBy(TaskerBuilder tasker);

    /// <summary>Sends the messages of enqueued steps, unless they were sent with the steps.</summary>
    Task SendAsync(IReadOnlyList<Guid> steps);

    /// <summary>Begins to count the messages about results.</summary>
    /// <returns>Tells how many there are since then.</returns>
    Task<Func<Task<long>>> CountResultsAsync();
}
