using System.Net;
using System.Net.Http.Headers;

namespace Tasker.Http;

internal static class ApiContent
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="NotFoundException">There is no such file.</exception>
    public static HttpContent FromFile(string path, string contentType)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? new StreamedContent(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous), file.Length, contentType)
            : throw new NotFoundException($"The file '{path}' to upload does not exist.") { ErrorCode = "FILE_NOT_FOUND" };
    }
}

/// <summary>Copies a stream into the connection, opened anew for every sending.</summary>
internal sealed class StreamedContent : HttpContent
{
    private const int BufferBytes = 81_920;

    private readonly Func<Stream> _open;
    private readonly long? _length;

    public StreamedContent(Func<Stream> open, long? length, string contentType)
    {
        _open = open;
        _length = length;
        Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var source = _open();
        await using (source.ConfigureAwait(false))
            await source.CopyToAsync(stream, BufferBytes, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }
}
