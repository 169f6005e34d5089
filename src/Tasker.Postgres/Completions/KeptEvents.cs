using Npgsql;

namespace Tasker.Postgres.Completions;

/// <summary>The domain events that are kept in the marks of outcomes.</summary>
internal sealed class KeptEvents(NpgsqlDataSource database)
{
    private const string Text = """
        UPDATE tasker.workflow_step_transitions SET metadata = metadata #- '{tasker_dotnet,events}' WHERE workflow_step_transition_uuid = ANY ($1)
        """;

    /// <summary>Keeps those of some transitions no longer, because they are sent.</summary>
    public async Task DropAsync(IEnumerable<Guid> transitions, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Text);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. transitions.Distinct().Order()] });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
