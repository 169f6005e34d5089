using System.Globalization;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>An event as its subscriber got it.</summary>
/// <param name="Task">The task's number.</param>
/// <param name="Step">The step.</param>
/// <param name="Attempt">Which of its attempts, 1 for the first.</param>
/// <param name="Name">The event's name.</param>
/// <param name="Number">The number in the result that the event tells; empty after a failure.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="MadeIn">The process that made the event.</param>
/// <param name="DeliveredIn">The process in which it arrived.</param>
internal sealed record Delivery(int Task, string Step, int Attempt, string Name, Guid Number, Guid EventId, int MadeIn, int DeliveredIn)
{
    /// <summary>What an event tells, wherever it arrives.</summary>
    public static IEqualityComparer<Delivery> Content { get; } =
        EqualityComparer<Delivery>.Create((one, other) => one! with { DeliveredIn = other!.DeliveredIn } == other, delivery => delivery.EventId.GetHashCode());

    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Task} {Step} {Attempt} {Name} {Number} {EventId} {MadeIn} {DeliveredIn} .");

    /// <summary>All deliveries in a file, in the order in which they happened. The dot at the end tells a whole line from a torn one.</summary>
    public static IEnumerable<Delivery> Read(string file)
    {
        foreach (var words in LineFile.Read(file))
        {
            if (words is [var task, var step, var attempt, var name, var number, var id, var madeIn, var deliveredIn, "."])
                yield return new Delivery(Number(task), step, Number(attempt), name, Guid.Parse(number), Guid.Parse(id), Number(madeIn), Number(deliveredIn));
        }

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
