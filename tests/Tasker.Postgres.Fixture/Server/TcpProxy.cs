using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>A wire between a client and its server that can be cut, and takes its time like a network.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private readonly TimeSpan _delay;
    private readonly Func<Action<ReadOnlyMemory<byte>>>? _watch;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Wire, bool> _wires = new();
    private readonly Task _accepting;
    private volatile bool _refuse;
    private volatile bool _mute;

    /// <summary>Opens a wire.</summary>
    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    /// <param name="delay">How long each piece of data takes, in each direction.</param>
    /// <param name="watch">Called for each connection; what it returns is called with all that the client sends.</param>
    public TcpProxy(string host, int port, TimeSpan delay = default, Func<Action<ReadOnlyMemory<byte>>>? watch = null)
    {
        (_host, _port, _delay, _watch) = (host, port, delay, watch);
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The port on 127.0.0.1 to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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

    /// <summary>From now on nothing that clients send arrives; what the server sends does.</summary>
    public void Mute() => _mute = true;

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
            var up = PumpAsync(client.GetStream(), server.GetStream(), _watch?.Invoke(), () => _mute);
            var down = PumpAsync(server.GetStream(), client.GetStream(), null, () => false);
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

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Action<ReadOnlyMemory<byte>>? seen, Func<bool> isMute)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
            {
                seen?.Invoke(buffer.AsMemory(0, count));
                if (_delay > TimeSpan.Zero)
                    await Task.Delay(_delay).ConfigureAwait(false);
                if (!isMute())
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
}
