using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Tasker.Events;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Database;
using Tasker.Work;

namespace Tasker.Postgres;

/// <summary>tasker-core as workers of this process see it.</summary>
internal sealed class TaskerCoreWorkSource(ClaimPump pump, CompletionQueue completions, RunningClaims running, NpgsqlDataSource database, TimeProvider time) : IWorkSource
{
    /// <summary>Written only while the claim counts; a step that was cancelled or taken over keeps the checkpoint it has.</summary>
    private const string StoreCheckpoint = """
        UPDATE tasker.workflow_steps ws SET checkpoint = $1, updated_at = now() AT TIME ZONE 'UTC'
        FROM tasker.workflow_step_transitions t
        WHERE ws.workflow_step_uuid = $2 AND t.workflow_step_transition_uuid = $3 AND t.workflow_step_uuid = ws.workflow_step_uuid AND t.most_recent
        """;

    /// <summary>Durable events are sent by the statement that stores their outcome.</summary>
    public bool KeepsEvents => true;

    public ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken) => pump.ClaimAsync(cancellationToken);

    public ValueTask CompleteAsync(ClaimedStep step, StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events) =>
        completions.AddAsync(PendingOutcome.Of((CoreStep)step, outcome, time.GetUtcNow(), duration, events));

    /// <summary>The checkpoint is stored, and the same attempt goes on when a slot is free (protocol sheet §8.6).</summary>
    public async ValueTask YieldAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint)
    {
        var claimed = (CoreStep)step;
        try
        {
            await SaveCheckpointAsync(step, checkpoint, CancellationToken.None).ConfigureAwait(false);
            pump.Resume(claimed.From(checkpoint.ToArray()));
        }
        catch (Exception exception)
        {
            using var outcome = new StepOutcome();
            outcome.SetFailure(new StepFailure
            {
                Message = $"The checkpoint of step '{step.Name}' could not be stored: {exception.Message}",
                ErrorType = "checkpoint_error",
                Retryable = exception is not PermanentException,
            });
            await CompleteAsync(step, outcome, TimeSpan.Zero, []).ConfigureAwait(false);
        }
    }

    public ValueTask ReleaseAsync(ClaimedStep step) => completions.AddAsync(PendingOutcome.Unfinished((CoreStep)step, time.GetUtcNow()));

    public async ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
    {
        var claimed = (CoreStep)step;
        var command = database.CreateCommand(StoreCheckpoint);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = checkpoint.ToArray(), NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = step.StepId });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = claimed.ClaimId });
            try
            {
                if (await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
                {
                    running.Cancel(claimed.ClaimId);
                    throw new OperationCanceledException($"Step '{step.Name}' was cancelled or taken over meanwhile.");
                }
            }
            catch (PostgresException exception) when (SqlErrors.IsAboutTheData(exception))
            {
                throw new PermanentException($"PostgreSQL cannot store the checkpoint of step '{step.Name}': {exception.MessageText}", exception);
            }
        }
    }
}
