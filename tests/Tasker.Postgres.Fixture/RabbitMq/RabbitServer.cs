using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tasker.Postgres.Fixture.Server;

namespace Tasker.Postgres.Fixture.RabbitMq;

/// <summary>
/// A private RabbitMQ server on free loopback ports, with a node, a port mapper and folders of its own. It ends, and its folder goes, with
/// <see cref="DisposeAsync"/> or with this process.
/// </summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private const string DebianFolder = "/usr/lib/rabbitmq/bin";
    private const int StartAttempts = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _folder;
    private readonly int _port;

    private RabbitServer(Process process, string folder, int port) => (_process, _folder, _port) = (process, folder, port);

    /// <summary>The server, in the form of tasker-core's <c>RABBITMQ_URL</c>.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{_port}/%2F");

    /// <summary>Whether there is a server to start, without installing one.</summary>
    public static bool IsInstalled => FindPrograms() is not null;

    /// <summary>Starts a server.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it did not start; the message says what is needed.</exception>
    public static async Task<RabbitServer> StartAsync()
    {
        var programs = FindPrograms() ?? (await DistributionPackage.TryInstallAsync("rabbitmq-server").ConfigureAwait(false) ? FindPrograms() : null)
            ?? throw new InvalidOperationException("These tests need RabbitMQ: install Debian's or Ubuntu's package rabbitmq-server; it need not run.");
        for (var attempt = 1; ; attempt++)
        {
            var server = await LaunchAsync(programs).ConfigureAwait(false);
            if (await server.AnswersAsync().ConfigureAwait(false))
                return server;

            // Another process may have taken a port between its choice and the server's start.
            var log = server.ReadLog();
            await server.DisposeAsync().ConfigureAwait(false);
            if (attempt == StartAttempts)
                throw new InvalidOperationException($"The RabbitMQ server in {programs} did not start. It says: {log}");
        }
    }

    /// <summary>Stops the server as a crash would, and starts it again; returns when it answers.</summary>
    public async Task RestartAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await ContinueAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the server as a crash would.</summary>
    public async Task StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop").ConfigureAwait(false);
        while (await HasGreetedAsync().ConfigureAwait(false))
            await Task.Delay(25).ConfigureAwait(false);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>; returns when it answers.</summary>
    public async Task ContinueAsync()
    {
        await _process.StandardInput.WriteLineAsync("start").ConfigureAwait(false);
        if (!await AnswersAsync().ConfigureAwait(false))
            throw new InvalidOperationException("The RabbitMQ server did not come back. It says: " + ReadLog());
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

    /// <summary>The command on Debian's PATH insists on its own user and folders; the script behind it does not.</summary>
    private static string? FindPrograms() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => new FileInfo(Path.Combine(folder, "rabbitmq-server")))
        .Where(file => file.Exists)
        .Select(file => Path.GetDirectoryName(file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName)!)
        .Prepend(DebianFolder)
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "rabbitmq-server")) && File.Exists(Path.Combine(folder, "rabbitmq-env")));

    private static async Task<RabbitServer> LaunchAsync(string programs)
    {
        var folder = Directory.CreateTempSubdirectory("tasker-rabbitmq-").FullName;
        var script = Path.Combine(folder, "serve.sh");
        await File.WriteAllTextAsync(script, Resources.Read("serve-rabbitmq.sh")).ConfigureAwait(false);
        await Unprivileged.OwnAsync(folder).ConfigureAwait(false);
        var ports = FreePorts(3);
        var command = Unprivileged.Wrap(["sh", script, programs, folder, .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))]);
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, WorkingDirectory = folder })!;
        return new RabbitServer(process, folder, ports[0]);
    }

    private async Task<bool> AnswersAsync()
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < StartLimit && !_process.HasExited)
        {
            if (await HasGreetedAsync().ConfigureAwait(false))
                return true;
            await Task.Delay(50).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>A server that is ready answers the header of the protocol.</summary>
    private async Task<bool> HasGreetedAsync()
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port, limit.Token).ConfigureAwait(false);
            var stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\x09\x01"u8.ToArray(), limit.Token).ConfigureAwait(false);
            return await stream.ReadAsync(new byte[1], limit.Token).ConfigureAwait(false) == 1;
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private string ReadLog()
    {
        var log = Path.Combine(_folder, "server.log");
        return File.Exists(log) ? File.ReadAllText(log) : "(nothing)";
    }

    /// <summary>All at once, so that they differ.</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                listeners.Add(new TcpListener(IPAddress.Loopback, 0));
                listeners[i].Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
