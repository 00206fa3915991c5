using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// How Azure's clients report network failures, over real sockets, because the form of their exceptions may change.
/// </summary>
[Collection(nameof(Console))]
public sealed class RealNetworkTests
{
    private const string NoSuchIdentity =
        """{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."}""";

    [Fact]
    public async Task Cannot_trust_a_vault_with_an_untrusted_certificate()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var ephemeral = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        using var certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);

        var told = await FailAsync(async client =>
        {
            await using var tls = new SslStream(client);
            await tls.AuthenticateAsServerAsync(certificate);
        });

        Assert.Contains("no trusted TLS connection", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cannot_trust_a_vault_that_speaks_no_tls() =>
        Assert.Contains(
            "no trusted TLS connection",
            await FailAsync(async client =>
                await client.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray())
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Cannot_reach_a_vault_that_is_not_there()
    {
        // Nothing listens on this port.
        await using var service = Service.Create(UseNetwork, ("KeyVault__VaultUri", "https://127.0.0.1:1/"));

        Assert.Contains(
            "the vault cannot be reached",
            await Startup.FailForSecretAsync(service),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Cannot_sign_in_with_an_identity_that_is_not_the_apps() =>
        Assert.Contains(
            "the platform does not know this identity",
            await FailToSignInAsync(
                (_, client) =>
                    client.WriteAsync(
                        Encoding.ASCII.GetBytes(
                            $"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {NoSuchIdentity.Length}\r\nConnection: close\r\n\r\n{NoSuchIdentity}"
                        )
                    )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Cannot_call_it_the_vault_when_the_identity_endpoint_does_not_answer() =>
        Assert.Contains(
            "the identity endpoint does not answer",
            await FailToSignInAsync(
                static (service, _) =>
                {
                    service.Time.Advance(TimeSpan.FromSeconds(20));
                    return ValueTask.CompletedTask;
                }
            ),
            StringComparison.Ordinal
        );

    private static void UseNetwork(IServiceCollection services) =>
        services.AddSingleton(new SecretClientOptions { Retry = { MaxRetries = 0 } });

    /// <summary>Starts with a vault that treats each connection differently.</summary>
    private static async Task<string> FailAsync(Func<NetworkStream, Task> serve)
    {
        using var listener = Listen(serve);
        await using var service = Service.Create(
            UseNetwork,
            ("KeyVault__VaultUri", $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/")
        );
        return await Startup.FailForSecretAsync(service);
    }

    /// <summary>
    /// Starts with a managed identity of Azure.Identity, as on the platform, and a vault that requires a token.
    /// </summary>
    private static async Task<string> FailToSignInAsync(Func<Service, NetworkStream, ValueTask> serve)
    {
        Service? started = null;
        using var listener = Listen(async client =>
        {
            await client.ReadExactlyAsync(new byte[16]);
            await serve(started!, client);
        });
        using var configuration = new ConfigurationManager
        {
            ["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000001",
        };
        Environment.SetEnvironmentVariable(
            "IDENTITY_ENDPOINT",
            $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/msi/token"
        );
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", "header");
        try
        {
            await using var service = started = Service.Create(services =>
                services.AddSingleton<TokenCredential>(AzureCredential.Create(configuration))
            );
            return await Startup.FailForSecretAsync(service);
        }
        finally
        {
            Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
            Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
        }
    }

    private static TcpListener Listen(Func<NetworkStream, Task> serve)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => serve(client.GetStream()));
            }
        });
        return listener;
    }
}
