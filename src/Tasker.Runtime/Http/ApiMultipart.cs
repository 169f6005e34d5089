using System.Net.Http.Headers;
using System.Text;

namespace Tasker.Http;

/// <summary>The parts of a <c>multipart/form-data</c> body. Not safe to change from several threads.</summary>
public sealed class ApiMultipart
{
    private readonly List<(string Name, string? FileName, Func<HttpContent> Content)> _parts = [];

    /// <summary>Adds a field.</summary>
    public ApiMultipart AddField(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _parts.Add((name, null, () => new StringContent(value, Encoding.UTF8, "text/plain")));
        return this;
    }

    /// <summary>Adds a file, streamed when the request is sent.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="path">The file. It must exist when the request is sent; otherwise that is a <see cref="NotFoundException"/>.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="fileName">The name the API is told; default the file's own.</param>
    public ApiMultipart AddFile(string name, string path, string contentType = "application/octet-stream", string? fileName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        _parts.Add((name, fileName ?? Path.GetFileName(path), () => ApiContent.FromFile(path, contentType)));
        return this;
    }

    /// <summary>Adds a file whose bytes come from a stream.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="fileName">The name the API is told.</param>
    /// <param name="open">Opens the stream from its beginning. Called for every sending; the stream is disposed after it.</param>
    /// <param name="contentType">Its media type.</param>
    public ApiMultipart AddStream(string name, string fileName, Func<Stream> open, string contentType = "application/octet-stream")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(open);
        _parts.Add((name, fileName, () => new StreamedContent(open, null, contentType)));
        return this;
    }

    internal HttpContent ToContent()
    {
        var multipart = new MultipartFormDataContent();
        foreach (var (name, fileName, content) in _parts)
        {
            var part = content();
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = Quote(name) };
            if (fileName is not null)
            {
                part.Headers.ContentDisposition.FileName = Quote(fileName);
                part.Headers.ContentDisposition.FileNameStar = fileName;
            }

            multipart.Add(part);
        }

        return multipart;
    }

    /// <summary>As browsers do (HTML, multipart form data): a quote or a line break in a name cannot end the header.</summary>
    private static string Quote(string name) =>
        $"\"{name.Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal)}\"";
}
