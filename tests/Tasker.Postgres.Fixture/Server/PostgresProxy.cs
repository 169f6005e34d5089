using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Npgsql;

namespace Tasker.Postgres.Fixture.Server;

/// <summary>
/// A wire between a worker and its server that counts what is sent. Connections through it are not encrypted.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpProxy _wire;
    private long _roundTrips;

    /// <summary>Opens a wire to the server of a connection string.</summary>
    /// <param name="connectionString">The server.</param>
    /// <param name="delay">How long each piece of data takes, in each direction.</param>
    public PostgresProxy(string connectionString, TimeSpan delay = default)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        _wire = new TcpProxy(server.Host!, server.Port, delay, () => new FrontendCounter(this).Count);
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = _wire.Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
    }

    /// <summary>How to connect through the wire.</summary>
    public string ConnectionString { get; }

    /// <summary>How often each statement was executed, by its text.</summary>
    public ConcurrentDictionary<string, long> Statements { get; } = new();

    /// <summary>How often a client asked and waited for the answer.</summary>
    public long RoundTrips => Interlocked.Read(ref _roundTrips);

    /// <inheritdoc cref="TcpProxy.Cut"/>
    public void Cut() => _wire.Cut();

    /// <inheritdoc cref="TcpProxy.CutOnce"/>
    public void CutOnce() => _wire.CutOnce();

    /// <inheritdoc cref="TcpProxy.Mend"/>
    public void Mend() => _wire.Mend();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _wire.DisposeAsync();

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
