using System.Globalization;

namespace Tasker.Http;

/// <summary>
/// The body of an answer as it arrives: bounded in size or in the time it may stand still, failures already told apart. Only read
/// asynchronously.
/// </summary>
internal sealed class ApiBodyStream(ApiCall call, Stream body, long? maxBytes, bool restartTimeout) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (restartTimeout)
            call.RestartTimeout();
        try
        {
            // Reads that find data at once do not look at the token by themselves.
            call.Token.ThrowIfCancellationRequested();
            int read;
            using (call.CancelWith(cancellationToken))
                read = await body.ReadAsync(buffer, call.Token).ConfigureAwait(false);
            _read += read;
            return _read > maxBytes ? throw TooLarge(call, maxBytes.Value) : read;
        }
        catch (Exception exception) when (call.Translate(exception, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The body of an API's answer is read asynchronously; save it to a file first where that is not possible.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    internal static ApiException TooLarge(ApiCall call, long maxBytes) => call.TooLarge(
        string.Create(CultureInfo.InvariantCulture, $"its body has more than {maxBytes} bytes ({nameof(ApiClientOptions)}.{nameof(ApiClientOptions.MaxResponseBytes)}); download it to a file instead, or raise the limit"));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }
}
