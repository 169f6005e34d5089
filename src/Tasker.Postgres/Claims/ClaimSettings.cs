namespace Tasker.Postgres.Claims;

/// <summary>What the claims of a worker are made for.</summary>
/// <param name="Namespaces">The namespaces whose steps it claims.</param>
/// <param name="PollInterval">How often it looks into the queues without having been told to.</param>
/// <param name="MaxBatch">How many steps it claims at once.</param>
internal sealed record ClaimSettings(IReadOnlyList<string> Namespaces, TimeSpan PollInterval, int MaxBatch);
