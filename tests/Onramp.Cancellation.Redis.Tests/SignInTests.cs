using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>The app's identity signs in to a Redis with TLS that accepts its tokens as passwords.</summary>
public sealed class SignInTests : IDisposable
{
    // The client also trusts this issuer, in the whole process. The path is set before the first connection.
    private const string IssuerVariable = "SERedis_IssuerCertPath";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-tls-");

    [Fact]
    public async Task Signs_in_with_the_object_id_and_a_token_and_renews_the_sign_in_before_the_token_expires()
    {
        FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(60));
        Identity identity = new(time);
        await using var server = await StartAsync(identity.Token(1), identity.Token(2));
        await using var services = Limiters.Create($"localhost:{server.Port},ssl=true", perSecond: 100, identity, time);
        Assert.True(await services.Limiter().AskUntilAnsweredAsync());
        Assert.Equal(1, identity.SignIns);
        await using var admin = await ConnectionMultiplexer.ConnectAsync(
            $"localhost:{server.Port},ssl=true,password=admin,allowAdmin=true"
        );
        var before = await SignInsAsync(admin);

        time.Advance(TimeSpan.FromMinutes(44));
        Assert.Equal(1, identity.SignIns);
        time.Advance(TimeSpan.FromMinutes(2));

        while (await SignInsAsync(admin) == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, identity.SignIns);
        Assert.True(await services.Limiter().AskUntilAnsweredAsync());
    }

    [Fact]
    public async Task Gets_no_permits_with_a_token_that_Redis_refuses()
    {
        Identity identity = new();
        await using var server = await StartAsync("another");
        await using var services = Limiters.Create($"localhost:{server.Port},ssl=true", perSecond: 100, identity);
        await Assert.ThrowsAnyAsync<Exception>(() => services.Limiter().AskAsync());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<RedisProcess> StartAsync(params string[] tokens)
    {
        var (certificate, key) = (Path.Combine(_folder.FullName, "tls.pem"), Path.Combine(_folder.FullName, "tls.key"));
        using var pair = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(certificate, issued.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(key, pair.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        Environment.SetEnvironmentVariable(IssuerVariable, certificate);
        return await LocalRedis.StartAsync([
            "--port",
            "0",
            "--tls-port",
            "{port}",
            "--tls-cert-file",
            certificate,
            "--tls-key-file",
            key,
            "--tls-ca-cert-file",
            certificate,
            "--tls-auth-clients",
            "no",
            .. User("default", "admin"),
            .. User(Identity.ObjectId, tokens),
        ]);
    }

    private static string[] User(string name, params IEnumerable<string> passwords) =>
        ["--user", name, "on", .. passwords.Select(static password => $">{password}"), "~*", "&*", "+@all"];

    /// <summary>How often clients have sent AUTH.</summary>
    private static async Task<string?> SignInsAsync(ConnectionMultiplexer admin)
    {
        var statistics = await admin.GetServers()[0].InfoAsync("commandstats");
        return statistics
            .SelectMany(static part => part)
            .SingleOrDefault(static row => row.Key == "cmdstat_auth")
            .Value;
    }
}
