using System.Collections.Concurrent;

namespace Tasker.Postgres.Claims;

/// <summary>The claims of this process whose outcome is not stored yet. Safe to use from many threads at once.</summary>
internal sealed class RunningClaims
{
    private readonly ConcurrentDictionary<Guid, CoreStep> _steps = new();

    public bool IsEmpty => _steps.IsEmpty;

    public void Add(CoreStep step) => _steps[step.ClaimId] = step;

    public void Remove(Guid claim) => _steps.TryRemove(claim, out _);

    public bool Contains(Guid claim) => _steps.ContainsKey(claim);

    public Guid[] Ids() => [.. _steps.Keys];

    /// <summary>The claim no longer counts: the handler may stop.</summary>
    public void Cancel(Guid claim)
    {
        if (_steps.TryGetValue(claim, out var step))
            step.Cancel();
    }
}
