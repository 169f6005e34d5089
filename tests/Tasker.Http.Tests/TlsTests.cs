using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tasker.Http.Tests;

public sealed class TlsTests
{
    [Fact]
    public async Task A_server_of_a_private_authority_is_trusted_once_its_root_is_given()
    {
        using var authority = new Certificates();
        using var certificate = authority.Server(IPAddress.Loopback);
        await using var api = await TestApi.StartAsync(Hello, https => https.ServerCertificate = certificate);
        await using var host = new ApiHost(api.Address, options => options.Tls.CustomRoots.Add(authority.Root));
        using var response = await host.Client.SendAsync(ApiRequest.Get("a"));
        Assert.Equal("hello", await response.ReadTextAsync());
    }

    [Fact]
    public async Task A_server_of_an_unknown_authority_is_refused_for_good_with_the_remedy()
    {
        using var authority = new Certificates();
        using var certificate = authority.Server(IPAddress.Loopback);
        await using var api = await TestApi.StartAsync(Hello, https => https.ServerCertificate = certificate);
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("tls_error", error.ErrorType);
        Assert.False(error.Retryable);
        Assert.StartsWith($"TLS error while calling DELETE {api.Address}a: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("add its root to ApiClientOptions.Tls.CustomRoots of API client 'call_api'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_authority_of_the_same_name_is_refused()
    {
        using var authority = new Certificates();
        using var impostor = new Certificates();
        using var certificate = impostor.Server(IPAddress.Loopback);
        await using var api = await TestApi.StartAsync(Hello, https => https.ServerCertificate = certificate);
        await using var host = new ApiHost(api.Address, options => options.Tls.CustomRoots.Add(authority.Root));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("tls_error", error.ErrorType);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused_even_from_a_trusted_authority()
    {
        using var authority = new Certificates();
        using var certificate = authority.Server("other.example");
        await using var api = await TestApi.StartAsync(Hello, https => https.ServerCertificate = certificate);
        await using var host = new ApiHost(api.Address, options => options.Tls.CustomRoots.Add(authority.Root));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("tls_error", error.ErrorType);
        Assert.Contains("RemoteCertificateNameMismatch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_for_servers_is_refused()
    {
        using var authority = new Certificates();
        using var certificate = authority.Client("127.0.0.1");
        await using var server = new PlainTlsServer(certificate);
        await using var host = new ApiHost(server.Address, options => options.Tls.CustomRoots.Add(authority.Root));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("tls_error", error.ErrorType);
    }

    [Fact]
    public async Task The_client_certificate_is_shown_to_a_server_that_asks()
    {
        using var authority = new Certificates();
        using var certificate = authority.Server(IPAddress.Loopback);
        using var own = authority.Client("worker 7");
        await using var api = await TestApi.StartAsync(
            http => http.Response.WriteAsync(http.Connection.ClientCertificate?.Subject ?? "nobody"),
            https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (shown, _, _) => shown.Issuer == authority.Root.Subject;
            });
        await using var host = new ApiHost(api.Address, options =>
        {
            options.Tls.CustomRoots.Add(authority.Root);
            options.Tls.ClientCertificate = own;
        });
        using var response = await host.Client.SendAsync(ApiRequest.Get("a"));
        Assert.Equal("CN=worker 7", await response.ReadTextAsync());
    }

    [Fact]
    public async Task A_client_certificate_without_its_key_is_a_mistake_of_the_setup()
    {
        using var authority = new Certificates();
        using var full = authority.Client("worker");
        using var bare = X509CertificateLoader.LoadCertificate(full.RawData);
        await using var host = new ApiHost(new Uri("https://127.0.0.1"), options => options.Tls.ClientCertificate = bare);
        var error = Assert.Throws<ConfigurationException>(() => host.Client);
        Assert.Equal("API client 'call_api': ApiClientOptions.Tls.ClientCertificate has no private key.", error.Message);
    }

    private static Task Hello(HttpContext http) => http.Response.WriteAsync("hello");
}
