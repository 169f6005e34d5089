using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Events;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>A disk that now and then refuses a commit, or to read events, or takes its time.</summary>
/// <param name="inner">Keeps the tasks.</param>
/// <param name="random">Says when.</param>
internal sealed class FaultyStore(ITaskStore inner, Random random) : StoreDecorator(inner)
{
    private const int OneRefusedIn = 50;
    private const int OneUnreadIn = 5;
    private const int OneSlowIn = 10;
    private const int SlowestMilliseconds = 30;

    public override void Commit(Changes changes, DateTimeOffset now)
    {
        if (random.Next(OneRefusedIn) == 0)
            throw new TaskStoreException("The disk refused to write.");
        if (random.Next(OneSlowIn) == 0)
            Thread.Sleep(random.Next(SlowestMilliseconds));
        base.Commit(changes, now);
        if (random.Next(OneSlowIn) == 0)
            Thread.Sleep(random.Next(SlowestMilliseconds));
    }

    public override IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) =>
        random.Next(OneUnreadIn) == 0 ? throw new TaskStoreException("The disk refused to read.") : base.ReadEvents(after, count, restore);
}
