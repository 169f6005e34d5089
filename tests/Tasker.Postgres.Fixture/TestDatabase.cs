using System.Diagnostics;
using Npgsql;
using Tasker.Postgres.Fixture.Server;
using Testcontainers.PostgreSql;

namespace Tasker.Postgres.Fixture;

/// <summary>
/// A database with tasker-core's schema. With <c>TASKER_TEST_DATABASE</c> set it is that one, as it is; otherwise a private server is started and the
/// fixture's schema is loaded. Tests share it and keep apart by namespace.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string Variable = "TASKER_TEST_DATABASE";
    private const string DatabaseName = "tasker";
    private const string ContainerImage = "postgres:18";

    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly string[] SchemaFiles = ["schemas.sql", "pgmq.sql", "tables.sql", "functions.sql"];

    private readonly IAsyncDisposable? _server;

    private TestDatabase(string connectionString, IAsyncDisposable? server)
    {
        ConnectionString = connectionString;
        _server = server;
        DataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = "tasker,public",
            Timezone = "UTC",
            ApplicationName = "tasker-test",
            MaxPoolSize = 20,
        });
    }

    /// <summary>How to connect, with nothing set that a worker has to set for itself.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections for the test's own statements.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>The private server, when this process started one from installed programs.</summary>
    public PostgresServer? Server => _server as PostgresServer;

    /// <summary>Makes the database ready.</summary>
    /// <param name="settings">Server settings such as <c>fsync=off</c>, for a private server.</param>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL to be had; the message says what is needed.</exception>
    public static async Task<TestDatabase> CreateAsync(params IReadOnlyList<string> settings)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new TestDatabase(ConnectionText(given), server: null);
        return await CreatePrivateAsync(settings).ConfigureAwait(false);
    }

    /// <summary>Makes a database on a private server, whatever the environment says.</summary>
    /// <param name="settings">Server settings such as <c>fsync=off</c>.</param>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL to be had; the message says what is needed.</exception>
    public static async Task<TestDatabase> CreatePrivateAsync(params IReadOnlyList<string> settings)
    {
        if (await PostgresBinaries.FindAsync().ConfigureAwait(false) is { } binaries)
        {
            var server = await PostgresServer.StartAsync(binaries, settings).ConfigureAwait(false);
            return await LoadAsync(server.ConnectionString, DatabaseName, server).ConfigureAwait(false);
        }

        try
        {
            var container = new PostgreSqlBuilder(ContainerImage).Build();
            await container.StartAsync().ConfigureAwait(false);
            return await LoadAsync(container.GetConnectionString(), DatabaseName, container).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Without the stacks of the exceptions behind it: the sentence is what helps.
            throw new InvalidOperationException(
                $"These tests need PostgreSQL 18: install it (or npm, which the tests take it from), start Docker, or set {Variable} to the " +
                $"connection string of a migrated tasker-core database. Docker says: {exception.GetBaseException().Message}");
        }
    }

    /// <summary>Lets the server of a private database crash and recover; returns when it answers again.</summary>
    /// <exception cref="InvalidOperationException">It did not come back.</exception>
    public async Task CrashAsync()
    {
        if (Server is { } server)
        {
            await server.RestartAsync().ConfigureAwait(false);
            return;
        }

        // In a container: when one of its processes dies, the server ends all others and recovers.
        try
        {
            await ExecuteAsync(ConnectionString, "COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'").ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // The session went with it.
        }

        var limit = Stopwatch.StartNew();
        while (!await AnswersAsync().ConfigureAwait(false))
        {
            if (limit.Elapsed > RecoveryLimit)
                throw new InvalidOperationException("The PostgreSQL server did not come back.");
        }
    }

    /// <summary>Makes another database with the schema on the same server, which goes with the server.</summary>
    /// <param name="name">Its name.</param>
    public Task<TestDatabase> AddAsync(string name) => LoadAsync(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString, name, owner: null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync().ConfigureAwait(false);
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<TestDatabase> LoadAsync(string server, string name, IAsyncDisposable? owner)
    {
        await ExecuteAsync(server, "CREATE DATABASE " + name).ConfigureAwait(false);
        var database = new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = true }.ConnectionString;
        var schema = string.Concat(SchemaFiles.Select(Resources.Read));
        await ExecuteAsync(
            new NpgsqlConnectionStringBuilder(database) { SearchPath = "tasker,public", Pooling = false }.ConnectionString,
            schema).ConfigureAwait(false);
        return new TestDatabase(database, owner);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString, "SELECT 1").ConfigureAwait(false);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes a URL as well, the form of tasker-core's own <c>DATABASE_URL</c>.</summary>
    private static string ConnectionText(string given)
    {
        if (!given.StartsWith("postgres", StringComparison.Ordinal) || !Uri.TryCreate(given, UriKind.Absolute, out var url))
            return given;
        var user = url.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = url.AbsolutePath.Trim('/'),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        }.ConnectionString;
    }
}
