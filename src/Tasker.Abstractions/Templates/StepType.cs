namespace Tasker.Templates;

/// <summary>What a step does to the graph (protocol sheet §3.2).</summary>
public enum StepType
{
    /// <summary>An ordinary step.</summary>
    Standard,

    /// <summary>Its result names the steps to create next.</summary>
    Decision,

    /// <summary>Created when a decision or a batch analyzer has created what it converges; waits for the part that exists.</summary>
    DeferredConvergence,

    /// <summary>Its result splits work into batches.</summary>
    Batchable,

    /// <summary>A template only; instantiated once a batch.</summary>
    BatchWorker,
}
