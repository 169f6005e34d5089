using Tasker.Postgres.Fixture;
using Tasker.Postgres.Tests.Support;

[assembly: AssemblyFixture(typeof(Databases))]

namespace Tasker.Postgres.Tests.Support;

/// <summary>The database that all tests share; each test has a namespace of its own in it.</summary>
public sealed class Databases : IAsyncLifetime
{
    private TestDatabase? _shared;

    public TestDatabase Shared => _shared!;

    public async ValueTask InitializeAsync() => _shared = await TestDatabase.CreateAsync("fsync=off", "max_connections=300");

    public async ValueTask DisposeAsync()
    {
        if (_shared is not null)
            await _shared.DisposeAsync();
    }
}
