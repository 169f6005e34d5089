using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Tasker.Http;

/// <summary>Makes the connections of a client. Redirects and cookies are not left to them: both carry secrets further than meant.</summary>
internal static class ApiConnections
{
    public static SocketsHttpHandler Create(ApiClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            // A body that nobody wants to read is not fetched to save its connection: it may be endless.
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = options.MaxResponseHeaderKilobytes,
        };
        handler.SslOptions.CertificateRevocationCheckMode = options.Tls.Revocation;
        if (options.Tls.CustomRoots.Count > 0)
            handler.SslOptions.CertificateChainPolicy = TrustOnly(options.Tls);
        if (options.Tls.ClientCertificate is { } certificate)
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        return handler;
    }

    private static X509ChainPolicy TrustOnly(ApiTlsOptions tls)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = tls.Revocation };
        policy.CustomTrustStore.AddRange(tls.CustomRoots);
        return policy;
    }
}
