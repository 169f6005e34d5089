using Npgsql;
using Tasker.Postgres.Claims;

namespace Tasker.Postgres.Recovery;

/// <summary>Tells handlers whose step was cancelled or taken over meanwhile to stop (protocol sheet §8.9): nobody else does.</summary>
internal sealed class CancellationWatch(NpgsqlDataSource database, RunningClaims running)
{
    private const string Overtaken = """
        SELECT t.workflow_step_transition_uuid FROM tasker.workflow_step_transitions t
        WHERE t.workflow_step_transition_uuid = ANY ($1) AND NOT t.most_recent
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (running.IsEmpty)
            return;
        var command = database.CreateCommand(Overtaken);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = running.Ids() });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    running.Cancel(reader.GetGuid(0));
            }
        }
    }
}
