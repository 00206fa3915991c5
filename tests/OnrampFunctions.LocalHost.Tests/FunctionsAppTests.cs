using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// What the host provides for the Functions app, on request only. The tests of the worker process show that the app
/// runs with it.
/// </summary>
public sealed class FunctionsAppTests
{
    private const string SettingsFile = "/simulator/local.settings.json",
        Identity = "/simulator/identity/token?resource=api://0.1&api-version=2019-08-01";

    [Fact]
    public async Task Leaves_the_queue_to_the_app_and_serves_its_settings()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__ForFunctionsApp", "true"));
        Assert.DoesNotContain(
            host.Host.Services.GetServices<IHostedService>(),
            static service => service.GetType().Name == "QueueTrigger"
        );

        var file = (await host.GetAsync(SettingsFile)).Json;
        Assert.Equal(["IsEncrypted", "Values", "Host"], file.AsObject().Select(static member => member.Key));
        Assert.Equal(
            host.Host.FunctionsAppSettings,
            file["Values"]!.AsObject().ToDictionary(static setting => setting.Key, static setting => $"{setting.Value}")
        );
        Assert.Contains(
            "-----BEGIN CERTIFICATE-----",
            await File.ReadAllTextAsync($"{file["Values"]!["SSL_CERT_FILE"]}", RunningHost.Token),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Signs_in_only_as_configured()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__ForFunctionsApp", "true"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(Identity)).Status);

        using HttpRequestMessage request = new(HttpMethod.Get, Identity)
        {
            Headers = { { "X-IDENTITY-HEADER", host.Host.FunctionsAppSettings!["IDENTITY_HEADER"] } },
        };
        var token = (await host.SendAsync(request)).Text("access_token");
        using HttpClientHandler trusting = new()
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using HttpClient vault = new(trusting)
        {
            BaseAddress = new Uri(host.Host.FunctionsAppSettings["KeyVault__VaultUri"]),
        };
        var stranger = await vault.GetAsync(new Uri("secrets/onramp-api-secret", UriKind.Relative), RunningHost.Token);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, true),
            (
                stranger.StatusCode,
                stranger.Headers.WwwAuthenticate.ToString().Contains("resource=\"api://0.1\"", StringComparison.Ordinal)
            )
        );
        vault.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(
            "test_secret",
            JsonNode.Parse(
                await vault.GetStringAsync(new Uri("secrets/onramp-api-secret", UriKind.Relative), RunningHost.Token)
            )!["value"]!.ToString()
        );
    }

    [Fact]
    public async Task Takes_the_certificate_away_when_it_ends()
    {
        string file;
        await using (var host = await RunningHost.StartAsync(("LocalHost__ForFunctionsApp", "true")))
        {
            file = host.Host.FunctionsAppSettings!["SSL_CERT_FILE"];
        }

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Has_none_of_it_unless_it_is_asked_for()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Null(host.Host.FunctionsAppSettings);
        Assert.Contains(
            host.Host.Services.GetServices<IHostedService>(),
            static service => service.GetType().Name == "QueueTrigger"
        );
        Assert.Equal(
            "Start the local host with LocalHost__ForFunctionsApp=true to get these settings.",
            (await host.GetAsync(SettingsFile)).Text("detail")
        );
        Assert.All(
            [SettingsFile, Identity, "/secrets/onramp-api-secret"],
            path => Assert.Equal(HttpStatusCode.NotFound, host.GetAsync(path).GetAwaiter().GetResult().Status)
        );
    }
}
