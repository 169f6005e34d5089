using System.Security.Cryptography.X509Certificates;

namespace Tasker.Http;

/// <summary>
/// Certificates of <c>https</c> connections. There is deliberately no way to accept any certificate: a private root belongs in
/// <see cref="CustomRoots"/>.
/// </summary>
public sealed class ApiTlsOptions
{
    /// <summary>The certificate the client shows, with its private key. Default none.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>
    /// The only roots that servers are trusted by, such as the root of a private authority. Empty, the default, trusts the roots of the
    /// machine. The host name is checked either way.
    /// </summary>
    public X509Certificate2Collection CustomRoots { get; } = [];

    /// <summary>Whether and how the revocation of server certificates is checked. Default: it is not, as elsewhere in .NET.</summary>
    public X509RevocationMode Revocation { get; set; } = X509RevocationMode.NoCheck;
}
