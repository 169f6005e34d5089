using Tasker.Postgres.Fixture;

namespace Tasker.Postgres.Tests.Support;

/// <summary>
/// A server of its own for tests that lock whole tables, with three databases: one with steps and queues, and a pair of which one has the steps and the other
/// the queues.
/// </summary>
public sealed class SplitDatabases : IAsyncLifetime
{
    private TestDatabase? _together;
    private TestDatabase? _steps;
    private TestDatabase? _queues;

    public TestDatabase Together => _together!;

    public TestDatabase Steps => _steps!;

    public TestDatabase Queues => _queues!;

    public async ValueTask InitializeAsync()
    {
        _together = await TestDatabase.CreatePrivateAsync("fsync=off", "max_connections=300");
        _steps = await _together.AddAsync("steps");
        _queues = await _together.AddAsync("queues");
        await _queues.DataSource.ExecuteAsync("DROP TABLE tasker.workflow_steps, tasker.workflow_step_transitions, tasker.tasks CASCADE");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in new[] { _steps, _queues, _together })
        {
            if (database is not null)
                await database.DisposeAsync();
        }
    }
}
