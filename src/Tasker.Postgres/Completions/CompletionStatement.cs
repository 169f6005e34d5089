using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tasker.Postgres.Messages;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Runs <see cref="CompletionSql"/>. One round trip; where the queues are elsewhere, the orchestrator is told after it.
/// </summary>
internal sealed class CompletionStatement(NpgsqlDataSource database, WorkerIdentity worker, TimeProvider time, ResultAnnouncer? announcer = null)
{
    private static readonly string AndSend = CompletionSql.Text(send: true);
    private static readonly string AndMark = CompletionSql.Text(send: false);

    /// <summary>Stores outcomes.</summary>
    /// <returns>The claims whose outcome counted.</returns>
    public async Task<HashSet<Guid>> RunAsync(IReadOnlyList<PendingOutcome> outcomes, CancellationToken cancellationToken)
    {
        var count = outcomes.Count;
        var (claims, tasks, correlations) = (new Guid[count], new Guid[count], new Guid[count]);
        var results = new byte[count][];
        var successes = new bool[count];
        for (var i = 0; i < count; i++)
        {
            var outcome = outcomes[i];
            (claims[i], tasks[i], correlations[i]) = (outcome.ClaimId, outcome.TaskId, outcome.CorrelationId);
            (results[i], successes[i]) = (outcome.Result, outcome.Success);
        }

        var command = database.CreateCommand(announcer is null ? AndSend : AndMark);
        await using (command.ConfigureAwait(false))
        {
            var parameters = command.Parameters;
            parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = claims });
            parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = tasks });
            parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = correlations });
            parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = results, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = successes });
            parameters.Add(new NpgsqlParameter<string> { TypedValue = worker.Id.ToString() });
            parameters.Add(new NpgsqlParameter<string> { TypedValue = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture) });
            if (announcer is not null)
                parameters.Add(new NpgsqlParameter<string> { TypedValue = worker.Name });
            var stored = new HashSet<Guid>(count);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    stored.Add(reader.GetGuid(0));
            }

            if (announcer is not null)
            {
                foreach (var outcome in outcomes.Where(one => stored.Contains(one.ClaimId)))
                    announcer.Add(new ResultMessage(outcome.TaskId, outcome.StepId, outcome.CorrelationId));
            }

            return stored;
        }
    }
}
