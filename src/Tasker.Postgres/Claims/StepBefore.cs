namespace Tasker.Postgres.Claims;

/// <summary>Columns of a step as they were before its claim.</summary>
/// <param name="Attempts">Attempts made; <see langword="null"/> when it was never tried.</param>
/// <param name="LastAttemptedAt">When it was tried last, in UTC.</param>
/// <param name="UpdatedAt">When the row was written last, in UTC.</param>
internal readonly record struct StepBefore(int? Attempts, DateTime? LastAttemptedAt, DateTime UpdatedAt);
