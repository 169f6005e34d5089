namespace Tasker.Worker;

/// <summary>A batch worker that wants to run for the placeholder of an empty plan too; registered with the host's services.</summary>
internal sealed record PlaceholderRequest(string Callable);
