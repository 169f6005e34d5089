using Npgsql;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Database;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Recovery;

/// <summary>
/// Finds claims of .NET workers that are gone and reports their attempts as retryable failures, so that the orchestrator runs the steps again (protocol
/// sheet §4.6; tasker-core has no recovery of its own). A worker is gone when nobody has held the lock of its process for a while.
/// </summary>
internal sealed class ClaimRecovery(
    NpgsqlDataSource database,
    CompletionStatement completion,
    RunningClaims running,
    RecoverySettings settings,
    WorkerIdentity worker,
    TimeProvider time,
    SafeLogger<ClaimRecovery> logger)
{
    private const string HeldLocks = """
        SELECT (l.classid::bigint << 32) | l.objid::bigint FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND d.datname = current_database()
        """;

    /// <summary>The steps come from an index that has both conditions in its keys, so that neither finished nor waiting ones cost more than an entry there.</summary>
    private const string OpenClaims = """
        SELECT t.workflow_step_transition_uuid, ws.workflow_step_uuid, ws.task_uuid, task.correlation_id, ns.name::text,
            t.metadata #>> '{tasker_dotnet,worker_uuid}', COALESCE(t.metadata #>> '{tasker_dotnet,worker_name}', '')
        FROM (SELECT workflow_step_uuid FROM tasker.workflow_steps WHERE processed = false AND in_process = true OFFSET 0) AS running
        JOIN tasker.workflow_steps ws ON ws.workflow_step_uuid = running.workflow_step_uuid
        JOIN tasker.workflow_step_transitions t ON t.workflow_step_uuid = ws.workflow_step_uuid AND t.most_recent AND t.to_state = 'in_progress'
        JOIN tasker.tasks task ON task.task_uuid = ws.task_uuid
        JOIN tasker.named_tasks nt ON nt.named_task_uuid = task.named_task_uuid
        JOIN tasker.task_namespaces n ON n.task_namespace_uuid = nt.task_namespace_uuid
        JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
        WHERE t.metadata ? 'tasker_dotnet' AND n.name = ANY ($1)
        """;

    private readonly Dictionary<Guid, long> _goneSince = [];

    /// <summary>Open claims that somebody has damaged, which was said once. They are tried apart, for they may be mended.</summary>
    private readonly HashSet<Guid> _damaged = [];

    private HashSet<Guid> _ownUnknown = [];

    /// <summary>Looks once.</summary>
    /// <returns>How many claims were recovered.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (locks, claims) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var abandoned = new List<PendingOutcome>();
        var workers = new HashSet<Guid>();
        var ownUnknown = new HashSet<Guid>();
        foreach (var claim in claims)
        {
            if (claim.Worker == Guid.Empty)
            {
                NoteDamage(claim.Id, claim.StepId, claim.TaskId, "the claim's metadata does not say which worker made it");
                continue;
            }

            workers.Add(claim.Worker);
            if (claim.Worker == worker.Id ? IsLostByUs(claim, ownUnknown) : IsGone(claim, locks))
                abandoned.Add(claim.ToFailure(time.GetUtcNow()));
        }

        _ownUnknown = ownUnknown;
        _damaged.IntersectWith(claims.Select(static claim => claim.Id));
        foreach (var known in _goneSince.Keys.Except(workers).ToList())
            _goneSince.Remove(known);
        if (abandoned.Count == 0)
            return 0;

        // Others may be recovering the same claims; each counts for one of us only.
        var stored = await StoreAsync(abandoned, cancellationToken).ConfigureAwait(false);
        foreach (var claim in claims.Where(claim => stored.Contains(claim.Id)))
            Log.ClaimRecovered(logger, claim.StepId, $"{claim.WorkerName} ({claim.Worker})");
        return stored.Count;
    }

    /// <summary>A claim whose rows take no outcome does not keep the others from being recovered.</summary>
    private async Task<HashSet<Guid>> StoreAsync(List<PendingOutcome> abandoned, CancellationToken cancellationToken)
    {
        var stored = new HashSet<Guid>();
        var sound = abandoned.FindAll(one => !_damaged.Contains(one.ClaimId));
        var apart = abandoned;
        if (sound.Count == 0 || await TryStoreAsync(sound, stored, cancellationToken).ConfigureAwait(false))
            apart = abandoned.FindAll(one => _damaged.Contains(one.ClaimId));
        foreach (var one in apart)
            await TryStoreAsync([one], stored, cancellationToken).ConfigureAwait(false);
        return stored;
    }

    private async Task<bool> TryStoreAsync(List<PendingOutcome> outcomes, HashSet<Guid> stored, CancellationToken cancellationToken)
    {
        try
        {
            stored.UnionWith(await completion.RunAsync(outcomes, cancellationToken).ConfigureAwait(false));
            return true;
        }
        catch (Exception exception) when (SqlErrors.IsAboutTheData(exception))
        {
            if (outcomes is [var one])
                NoteDamage(one.ClaimId, one.StepId, one.TaskId, exception.Message);
            return false;
        }
    }

    private void NoteDamage(Guid claim, Guid step, Guid task, string problem)
    {
        if (_damaged.Add(claim))
            Log.ClaimDamaged(logger, step, task, problem);
    }

    /// <summary>A claim that was made, but whose answer never came: seen twice, so that one whose answer is on its way is not meant.</summary>
    private bool IsLostByUs(OpenClaim claim, HashSet<Guid> ownUnknown)
    {
        if (running.Contains(claim.Id))
            return false;
        ownUnknown.Add(claim.Id);
        return _ownUnknown.Contains(claim.Id);
    }

    private bool IsGone(OpenClaim claim, HashSet<long> locks)
    {
        if (locks.Contains(WorkerIdentity.LockKey(claim.Worker)))
        {
            _goneSince.Remove(claim.Worker);
            return false;
        }

        if (!_goneSince.TryGetValue(claim.Worker, out var since))
            _goneSince.Add(claim.Worker, since = time.GetTimestamp());
        var silence = claim.WorkerName == worker.Name ? settings.OwnSilence : settings.Silence;
        return time.GetElapsedTime(since) >= silence;
    }

    private async Task<(HashSet<long> Locks, List<OpenClaim> Claims)> ReadAsync(CancellationToken cancellationToken)
    {
        var locks = new HashSet<long>();
        var claims = new List<OpenClaim>();
        var batch = database.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            // First the claims: a worker that claims has its lock already.
            batch.BatchCommands.Add(new NpgsqlBatchCommand(OpenClaims) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = settings.Namespaces } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(HeldLocks));
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    claims.Add(new OpenClaim(
                        reader.GetGuid(0),
                        reader.GetGuid(1),
                        reader.GetGuid(2),
                        reader.GetGuid(3),
                        reader.GetString(4),
                        !reader.IsDBNull(5) && Guid.TryParse(reader.GetString(5), out var claimer) ? claimer : Guid.Empty,
                        reader.GetString(6)));
                }

                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    locks.Add(reader.GetInt64(0));
            }
        }

        return (locks, claims);
    }

    /// <param name="Id">The transition.</param>
    /// <param name="StepId">The step.</param>
    /// <param name="TaskId">The task.</param>
    /// <param name="CorrelationId">The task's correlation id.</param>
    /// <param name="StepName">The step's name, for messages.</param>
    /// <param name="Worker">Who made the claim; empty when it does not say.</param>
    /// <param name="WorkerName">The worker's name.</param>
    private readonly record struct OpenClaim(Guid Id, Guid StepId, Guid TaskId, Guid CorrelationId, string StepName, Guid Worker, string WorkerName)
    {
        public PendingOutcome ToFailure(DateTimeOffset now)
        {
            var failure = new StepFailure
            {
                Message = $"Worker {WorkerName} ({Worker}) was lost while it ran step '{StepName}'.",
                ErrorType = "worker_lost",
                Retryable = true,
            };
            return new PendingOutcome(Id, StepId, TaskId, CorrelationId, StepName, Success: false, []).Failed(failure, now);
        }
    }
}
