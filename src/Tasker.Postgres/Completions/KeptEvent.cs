namespace Tasker.Postgres.Completions;

/// <summary>A domain event that is kept in the database until it is sent elsewhere.</summary>
/// <param name="Id">Its message in <see cref="Registration.QueueNames.OutgoingEvents"/>.</param>
/// <param name="Queue">The queue that it is for.</param>
/// <param name="Message">UTF-8 JSON.</param>
internal sealed record KeptEvent(long Id, string Queue, ReadOnlyMemory<byte> Message);
