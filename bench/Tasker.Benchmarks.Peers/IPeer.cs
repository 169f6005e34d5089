namespace Tasker.Benchmarks.Peers;

/// <summary>Another engine that runs four steps one after the other.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Runs one task to its end.</summary>
    Task RunAsync(int id);
}
