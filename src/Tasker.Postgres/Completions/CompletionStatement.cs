using System.Collections.Frozen;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tasker.Postgres.Messages;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Runs <see cref="CompletionSql"/>. One round trip; where the queues are elsewhere, the orchestrator is told after it.
/// </summary>
internal sealed class CompletionStatement(
    NpgsqlDataSource database, WorkerIdentity worker, SendFunction function, TimeProvider time, ResultAnnouncer? announcer = null)
{
    private static readonly FrozenDictionary<(Announcement Announcement, bool Events), string> Statements =
        (from announcement in Enum.GetValues<Announcement>() from events in new[] { false, true } select (announcement, events))
        .ToFrozenDictionary(static one => one, static one => CompletionSql.Text(one.announcement, one.events));

    /// <summary>A message that is alone costs less with the server's own function.</summary>
    private Announcement AnnouncementOf(PendingOutcome[] outcomes) =>
        announcer is not null ? Announcement.Elsewhere : outcomes.Length > 1 && function.IsAsDescribed ? Announcement.Together : Announcement.OneByOne;

    /// <summary>Stores outcomes.</summary>
    /// <returns>The claims whose outcome counted.</returns>
    public async Task<HashSet<Guid>> RunAsync(IReadOnlyCollection<PendingOutcome> unordered, CancellationToken cancellationToken)
    {
        // Whoever stores outcomes of the same claims, as recovery may, locks their rows in the same order.
        PendingOutcome[] outcomes = [.. unordered.OrderBy(static outcome => outcome.ClaimId)];
        var count = outcomes.Length;
        var (claims, tasks, correlations) = (new Guid[count], new Guid[count], new Guid[count]);
        var results = new byte[count][];
        var successes = new bool[count];
        for (var i = 0; i < count; i++)
        {
            var outcome = outcomes[i];
            (claims[i], tasks[i], correlations[i]) = (outcome.ClaimId, outcome.TaskId, outcome.CorrelationId);
            (results[i], successes[i]) = (outcome.Result, outcome.Success);
        }

        var events = outcomes.SelectMany(outcome => outcome.Events.Select(one => (outcome.ClaimId, one.Queue, one.Message))).ToList();
        var command = database.CreateCommand(Statements[(AnnouncementOf(outcomes), events.Count > 0)]);
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
            if (events.Count > 0)
            {
                parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = events.ConvertAll(one => one.ClaimId).ToArray() });
                parameters.Add(new NpgsqlParameter<string[]> { TypedValue = events.ConvertAll(one => one.Queue).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
                parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = events.ConvertAll(one => one.Message).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
            }

            var stored = new HashSet<Guid>(count);
            var toSend = new Dictionary<Guid, List<KeptEvent>>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false))
                        continue;
                    var claim = reader.GetGuid(0);
                    stored.Add(claim);
                    if (await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false))
                        continue;
                    if (!toSend.TryGetValue(claim, out var kept))
                        toSend.Add(claim, kept = []);
                    kept.Add(new KeptEvent(reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
                }
            }

            if (announcer is not null)
            {
                foreach (var outcome in outcomes.Where(one => stored.Contains(one.ClaimId)))
                    announcer.Add(new ResultMessage(outcome.TaskId, outcome.StepId, outcome.CorrelationId).Write(), toSend.GetValueOrDefault(outcome.ClaimId) ?? []);
            }

            return stored;
        }
    }
}
