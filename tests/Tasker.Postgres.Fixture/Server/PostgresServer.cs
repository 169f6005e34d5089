using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>
/// A private PostgreSQL server on a free loopback port. It ends, and its folder goes, with <see cref="DisposeAsync"/> or with this process.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "app";
    private const int StartAttempts = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private PostgresServer(Process process, string folder, int port, string password)
    {
        _process = process;
        _folder = folder;
        Port = port;
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = User,
            Password = password,
            Database = "postgres",
            Pooling = false,
        }.ConnectionString;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>How to connect to the server's database <c>postgres</c>, without a pool.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="binaries">The server's programs.</param>
    /// <param name="settings">Settings such as <c>fsync=off</c>.</param>
    /// <exception cref="InvalidOperationException">The server did not start.</exception>
    public static async Task<PostgresServer> StartAsync(PostgresBinaries binaries, params IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(binaries);
        for (var attempt = 1; ; attempt++)
        {
            var server = await LaunchAsync(binaries, settings).ConfigureAwait(false);
            if (await server.AnswersAsync().ConfigureAwait(false))
                return server;

            // Another process may have taken the port between its choice and the server's start.
            var log = server.ReadLog();
            await server.DisposeAsync().ConfigureAwait(false);
            if (attempt == StartAttempts)
                throw new InvalidOperationException($"The PostgreSQL server in {binaries.Folder} did not start. Its log says: {log}");
        }
    }

    /// <summary>Stops the server as a crash would, and starts it again; returns when it answers.</summary>
    public async Task RestartAsync()
    {
        var before = await StartedAtAsync().ConfigureAwait(false);
        await _process.StandardInput.WriteLineAsync("restart").ConfigureAwait(false);
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < StartLimit)
        {
            try
            {
                if (await StartedAtAsync().ConfigureAwait(false) != before)
                    return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }

        throw new InvalidOperationException("The PostgreSQL server did not come back. Its log says: " + ReadLog());
    }

    /// <summary>The processor time that the server's processes have used so far, those that have ended included.</summary>
    public TimeSpan ProcessorTime()
    {
        var postmaster = File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First();
        long ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            if (!File.Exists(Path.Combine(folder, "stat")))
                continue;
            // After the name in parentheses: state, parent, ..., times of the process, times of its ended children.
            var fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (Path.GetFileName(folder) == postmaster)
                ticks += fields[11..15].Sum(long.Parse);
            else if (fields[1] == postmaster)
                ticks += fields[11..13].Sum(long.Parse);
        }

        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static async Task<PostgresServer> LaunchAsync(PostgresBinaries binaries, IReadOnlyList<string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("tasker-postgres-").FullName;
        var data = Path.Combine(folder, "data");
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var passwordFile = Path.Combine(folder, "password");
        var script = Path.Combine(folder, "serve.sh");
        await File.WriteAllTextAsync(passwordFile, password).ConfigureAwait(false);
        await File.WriteAllTextAsync(script, Resources.Read("serve.sh")).ConfigureAwait(false);
        await Unprivileged.OwnAsync(folder).ConfigureAwait(false);

        string[] initialize =
            [Path.Combine(binaries.Folder, "initdb"), "-D", data, "-U", User, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--no-locale", "--no-sync"];
        await Unprivileged.RunAsync(Unprivileged.Wrap(initialize)).ConfigureAwait(false);

        var port = FreePort();
        string[] serve =
        [
            "sh", script, binaries.Folder, data, port.ToString(CultureInfo.InvariantCulture),
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        var command = Unprivileged.Wrap(serve);
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, WorkingDirectory = folder })!;
        return new PostgresServer(process, folder, port, password);
    }

    private async Task<bool> AnswersAsync()
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < StartLimit && !_process.HasExited)
        {
            try
            {
                await StartedAtAsync().ConfigureAwait(false);
                return true;
            }
            catch (NpgsqlException)
            {
                if (ReadLog().Contains("could not bind", StringComparison.Ordinal))
                    return false;
                await Task.Delay(25).ConfigureAwait(false);
            }
        }

        return false;
    }

    private async Task<DateTime> StartedAtAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            using var command = new NpgsqlCommand("SELECT pg_postmaster_start_time()", connection);
            return (DateTime)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
        }
    }

    private string ReadLog()
    {
        var log = Path.Combine(_folder, "data", "server.log");
        return File.Exists(log) ? File.ReadAllText(log) : "(nothing)";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
