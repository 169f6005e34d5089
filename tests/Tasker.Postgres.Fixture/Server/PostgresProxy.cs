using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>
/// A wire between a worker and its server: it counts what is sent, delays it like a network, and can be cut. Connections through it are not encrypted.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private readonly TimeSpan _delay;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Wire, bool> _wires = new();
    private readonly Task _accepting;
    private volatile bool _refuse;
    private long _roundTrips;

    /// <summary>Opens a wire to the server of a connection string.</summary>
    /// <param name="connectionString">The server.</param>
    /// <param name="delay">How long each piece of data takes, in each direction.</param>
    public PostgresProxy(string connectionString, TimeSpan delay = default)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port, _delay) = (server.Host!, server.Port, delay);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>How to connect through the wire.</summary>
    public string ConnectionString { get; }

    /// <summary>How often each statement was executed, by its text.</summary>
    public ConcurrentDictionary<string, long> Statements { get; } = new();

    /// <summary>How often a client asked and waited for the answer.</summary>
    public long RoundTrips => Interlocked.Read(ref _roundTrips);

    /// <summary>Cuts all connections; new ones are refused until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _refuse = true;
        CutOnce();
    }

    /// <summary>Cuts all connections that exist now.</summary>
    public void CutOnce()
    {
        foreach (var wire in _wires.Keys)
            wire.Cut();
    }

    /// <summary>Lets new connections through again.</summary>
    public void Mend() => _refuse = false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        Cut();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                if (_refuse)
                    client.Dispose();
                else
                    _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy is closed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        var wire = new Wire(client, server);
        _wires.TryAdd(wire, true);
        try
        {
            await server.ConnectAsync(_host, _port).ConfigureAwait(false);
            client.NoDelay = server.NoDelay = true;
            var counter = new FrontendCounter(this);
            var up = PumpAsync(client.GetStream(), server.GetStream(), counter.Count);
            var down = PumpAsync(server.GetStream(), client.GetStream(), null);
            await Task.WhenAny(up, down).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two has gone, or the wire was cut.
        }
        finally
        {
            wire.Cut();
            _wires.TryRemove(wire, out _);
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Action<ReadOnlyMemory<byte>>? seen)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
            {
                seen?.Invoke(buffer.AsMemory(0, count));
                if (_delay > TimeSpan.Zero)
                    await Task.Delay(_delay).ConfigureAwait(false);
                await to.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two has gone, or the wire was cut.
        }
    }

    private sealed class Wire(TcpClient client, TcpClient server)
    {
        public void Cut()
        {
            client.Close();
            server.Close();
        }
    }

    /// <summary>Reads what a client sends: prepared texts, executions, and the messages that ask for an answer.</summary>
    private sealed class FrontendCounter(PostgresProxy proxy)
    {
        private byte[] _pending = [];
        private readonly Dictionary<string, string> _prepared = [];
        private bool _started;

        public void Count(ReadOnlyMemory<byte> data)
        {
            byte[] bytes = [.. _pending, .. data.Span];
            var done = 0;
            while (TryTake(bytes.AsSpan(done), out var type, out var body, out var length))
            {
                Note(type, body);
                done += length;
            }

            _pending = bytes[done..];
        }

        private bool TryTake(ReadOnlySpan<byte> bytes, out byte type, out ReadOnlySpan<byte> body, out int length)
        {
            // The first message of a connection has no type.
            var header = _started ? 1 : 0;
            type = 0;
            body = default;
            length = 0;
            if (bytes.Length < header + 4)
                return false;
            length = header + BinaryPrimitives.ReadInt32BigEndian(bytes[header..]);
            if (bytes.Length < length)
                return false;
            type = _started ? bytes[0] : (byte)0;
            body = bytes[(header + 4)..length];
            _started = true;
            return true;
        }

        private void Note(byte type, ReadOnlySpan<byte> body)
        {
            switch ((char)type)
            {
                case 'P':
                    var name = Text(ref body);
                    _prepared[name] = Text(ref body);
                    break;
                case 'B':
                    Text(ref body);
                    proxy.Statements.AddOrUpdate(_prepared[Text(ref body)], 1, static (_, count) => count + 1);
                    break;
                case 'S':
                    Interlocked.Increment(ref proxy._roundTrips);
                    break;
                case 'Q':
                    proxy.Statements.AddOrUpdate(Text(ref body), 1, static (_, count) => count + 1);
                    Interlocked.Increment(ref proxy._roundTrips);
                    break;
            }
        }

        private static string Text(ref ReadOnlySpan<byte> body)
        {
            var end = body.IndexOf((byte)0);
            var text = Encoding.UTF8.GetString(body[..end]);
            body = body[(end + 1)..];
            return text;
        }
    }
}
