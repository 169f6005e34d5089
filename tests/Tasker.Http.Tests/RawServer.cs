using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tasker.Http.Tests;

/// <summary>A server that says byte for byte what a test wants, such as half of an answer.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Starts the server.</summary>
    /// <param name="answer">Gets the connection when the head of a request has arrived; the connection ends when it returns.</param>
    public RawServer(Func<Connection, Task> answer)
    {
        _listener.Start();
        // Off the context of the test, so that neither waits for the other.
        _serving = Task.Run(() => ServeAsync(answer));
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<Connection, Task> answer)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await _listener.AcceptSocketAsync(_stop.Token), answer));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket socket, Func<Connection, Task> answer)
    {
        using (socket)
        {
            try
            {
                var connection = new Connection(socket, _stop.Token);
                await connection.ReadHeadAsync();
                await answer(connection);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // The client is gone, or the test is over.
            }
        }
    }

    internal sealed class Connection(Socket socket, CancellationToken stopped)
    {
        /// <summary>Set when the test is over.</summary>
        public CancellationToken Stopped => stopped;

        public async Task ReadHeadAsync()
        {
            var buffer = new byte[4096];
            var head = "";
            while (!head.Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await socket.ReceiveAsync(buffer, stopped);
                if (read == 0)
                    return;
                head += Encoding.ASCII.GetString(buffer, 0, read);
            }
        }

        public async Task SendAsync(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent), stopped);
        }

        /// <summary>Ends the connection so that the client sees a reset instead of an end.</summary>
        public void Reset() => socket.Close(0);

        /// <summary>Stands still until the test is over.</summary>
        public Task HangAsync() => new TaskCompletionSource().Task.WaitAsync(stopped);
    }
}
