using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// What the Functions app needs besides provider and Service Bus to run on this machine without a change: its vault
/// over https, and its settings.
/// </summary>
internal sealed class FunctionsAppPlatform : IDisposable
{
    public const string SettingsPath = "/simulator/local.settings.json";

    // Core Tools would take the one of this host.
    public const int AppPort = 7072;

    // By number: names below localhost do not resolve on every machine.
    private readonly LoopbackSockets _vault = new(
        new Uri("https://127.0.0.1:0"),
        static port => new LocalHostException($"Port {port} is taken.")
    );
    private readonly VaultCertificate _certificate;
    private readonly Uri _host;
    private readonly AmqpAddress _amqp;

    public FunctionsAppPlatform(LoopbackAddress host, AmqpAddress amqp, TimeProvider time)
    {
        (_host, _amqp) = (host.Direct, amqp);
        _certificate = new VaultCertificate(time.GetUtcNow());
    }

    /// <summary>Where the vault is.</summary>
    public Socket VaultSocket => _vault.Sockets.Single();

    /// <summary>What it shows to whoever connects.</summary>
    public X509Certificate2 Certificate => _certificate.Certificate;

    /// <summary>Says how to get the file to whoever asks a host that was not started for the app.</summary>
    public static void MapMissing(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            SettingsPath,
            static context =>
                LocalJson.WriteErrorAsync(
                    context,
                    404,
                    "Start the local host with LocalHost__ForFunctionsApp=true: only then it has settings for the Functions app."
                )
        );

    /// <summary>Serves the file that Core Tools read their settings from.</summary>
    public void Map(IEndpointRouteBuilder routes, LocalBroker broker, LocalJson json)
    {
        LocalSettingsFile file = new(
            IsEncrypted: false,
            SettingsOf(broker.Requests.Name, broker.Results.Name),
            new LocalSettingsFile.HostSettings(AppPort)
        );
        routes.MapGet(SettingsPath, context => json.WriteIndentedAsync(context, file));
    }

    /// <summary>The settings with which the app finds everything here.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="topic">Name of the topic.</param>
    public Dictionary<string, string> SettingsOf(string queue, string topic) =>
        new()
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["CancelRequestsQueue"] = queue,
            ["CancelResultsTopic"] = topic,
            ["ServiceBus"] = _amqp.OwnConnectionString,
            ["Onramp__BaseUrl"] = _host.ToString(),
            ["KeyVault__VaultUri"] = $"https://127.0.0.1:{_vault.Port}/",
            ["IDENTITY_ENDPOINT"] = new Uri(_host, SecretEndpoints.IdentityPath).ToString(),
            ["IDENTITY_HEADER"] = SecretEndpoints.IdentityHeader,
            ["SSL_CERT_FILE"] = _certificate.PemFile,
        };

    public void Dispose()
    {
        _vault.Dispose();
        _certificate.Dispose();
    }
}
