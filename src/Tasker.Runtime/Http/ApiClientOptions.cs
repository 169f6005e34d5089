namespace Tasker.Http;

/// <summary>
/// How the API client of one callable connects. Set up before the host starts; the values are read when a step begins, so a reload of the
/// host's configuration reaches the next step. Secrets belong in <see cref="Authentication"/>.
/// </summary>
public sealed class ApiClientOptions
{
    /// <summary>The time a call may take when neither the host nor the handler's attribute says.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The absolute <c>http</c> or <c>https</c> address that the paths of requests are added to: <c>https://host/v1</c> and
    /// <c>users</c> make <c>https://host/v1/users</c>, with or without slashes between them. Default <see langword="null"/>: the address
    /// of the handler's attribute; without that every request needs an absolute address.
    /// </summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>
    /// How long a call may take, the body and retries inside the step included; of a download or an opened stream, how long it may stand
    /// still. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit. Default <see langword="null"/>: the time of the
    /// handler's attribute, or 30 seconds.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Headers of every request, unless a request sets its own. They never leave the origin of the request.</summary>
    public IDictionary<string, string> DefaultHeaders { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How requests prove who sends them. Default <see langword="null"/>: they do not. Needs a base address.</summary>
    public ApiAuthentication? Authentication { get; set; }

    /// <summary>Certificates of <c>https</c> connections.</summary>
    public ApiTlsOptions Tls { get; } = new();

    /// <summary>
    /// The largest body that is read into memory, in bytes after decompression. Default 32 MiB. Opened streams and downloads have no
    /// such limit.
    /// </summary>
    public long MaxResponseBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>The largest head of a response, in KiB. Default 64.</summary>
    public int MaxResponseHeaderKilobytes { get; set; } = 64;

    /// <summary>How many redirects a call follows. Default 5; 0 makes every redirect a failure.</summary>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>
    /// Statuses that are retried although the table says otherwise, such as 409 of an API that answers it while someone holds a lock.
    /// </summary>
    public ISet<int> AlsoRetryable { get; } = new HashSet<int>();
}
