using Tasker.Templates;

namespace Tasker;

/// <summary>
/// What is the same for all attempts of a step. A work source that keeps it anyway implements it, so that its claimed steps need no copy. Safe to read
/// from any thread; nothing changes while the step is claimed.
/// </summary>
public interface IStepFacts
{
    /// <summary>The task.</summary>
    Guid TaskId { get; }

    /// <summary>The step.</summary>
    Guid StepId { get; }

    /// <summary>Ties together everything that one request caused.</summary>
    Guid CorrelationId { get; }

    /// <summary>The task or request that caused the task.</summary>
    Guid? ParentCorrelationId { get; }

    /// <summary>The task's template.</summary>
    TaskTemplate Template { get; }

    /// <summary>The step's definition in the template. For an instance of a batch worker, the worker's template step.</summary>
    StepDefinition Definition { get; }

    /// <summary>
    /// The number that the template step has with its work source, the same for all tasks: a worker finds by it what it looked up once. Numbers count up from 0; a
    /// negative one, the default, is none.
    /// </summary>
    int DefinitionNumber => -1;

    /// <summary>The step's name in the task; a batch worker's instance ends with its batch id.</summary>
    string Name { get; }

    /// <summary>All attempts allowed, the first included.</summary>
    int MaxAttempts { get; }

    /// <summary>The task's context, a JSON object.</summary>
    ReadOnlyMemory<byte> TaskContext { get; }

    /// <summary>The step's configuration, a JSON object: the template's <c>initialization</c> with the environment's overrides.</summary>
    ReadOnlyMemory<byte> Configuration { get; }

    /// <summary>The step's own inputs, such as a batch cursor (protocol sheet §5.3); empty when there are none.</summary>
    ReadOnlyMemory<byte> Inputs { get; }
}
