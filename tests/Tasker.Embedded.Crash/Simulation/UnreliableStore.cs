using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>What happens to the next commit.</summary>
internal enum Fault
{
    None,

    /// <summary>Nothing is stored, and the engine is told so.</summary>
    Refused,

    /// <summary>The process ends before anything is stored.</summary>
    CrashBefore,

    /// <summary>The process ends when all is stored, before it knows.</summary>
    CrashAfter,
}

/// <summary>A store that fails when told to. Commits happen on the caller's thread, so that a run is the same each time.</summary>
/// <param name="inner">Keeps the tasks.</param>
/// <param name="faults">Says what happens to each commit.</param>
/// <param name="stored">Is told of each commit that is stored, also when nobody else is.</param>
internal sealed class UnreliableStore(ITaskStore inner, Func<Fault> faults, Action stored) : StoreDecorator(inner)
{
    public override bool CommitsAtOnce => true;

    /// <summary>Whether the process has ended.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>Whether the last commit was refused: then there may be more to store than is.</summary>
    public bool HasRefused { get; private set; }

    public override void Commit(Changes changes, DateTimeOffset now)
    {
        if (HasCrashed)
            throw new TaskStoreException("The process has ended.");
        switch (faults())
        {
            case Fault.Refused:
                HasRefused = true;
                throw new TaskStoreException("The disk is out of order for a while.");
            case Fault.CrashBefore:
                HasCrashed = true;
                throw new TaskStoreException("The process has ended.");
            case Fault.CrashAfter:
                base.Commit(changes, now);
                stored();
                HasCrashed = true;
                throw new TaskStoreException("The process has ended.");
            default:
                base.Commit(changes, now);
                stored();
                HasRefused = false;
                break;
        }
    }
}
