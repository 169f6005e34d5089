using System.Collections.Immutable;
using Tasker.Client;

namespace Tasker.Embedded.Orchestration;

/// <summary>A task at one moment with what happened to it. Immutable.</summary>
/// <param name="Task">The task.</param>
/// <param name="Journal">What happened to the task beyond its state.</param>
/// <param name="Steps">What happened to each of its steps, in the steps' order.</param>
internal sealed record TaskRecord(TaskSnapshot Task, ImmutableArray<JournalEntry> Journal, ImmutableArray<ImmutableArray<JournalEntry>> Steps);
