namespace Tasker.Samples.Tests;

/// <summary>Where a sample keeps its tasks.</summary>
public enum Store
{
    InMemory,
    Sqlite,
}
