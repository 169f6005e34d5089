namespace Tasker;

/// <summary>What a step that aggregates batches finds (worker behaviour §5.1).</summary>
public enum BatchScenario
{
    /// <summary>There were batches.</summary>
    WithBatches,

    /// <summary>The analyzer's plan was empty.</summary>
    NoBatches,

    /// <summary>The analyzer did not run, because its branch was not taken.</summary>
    NotReached,
}
