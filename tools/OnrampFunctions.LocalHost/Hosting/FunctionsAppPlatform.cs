using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// What the Functions app needs to run on this machine unchanged, besides the provider and Service Bus: a vault and
/// tables over https, and its settings.
/// </summary>
internal sealed class FunctionsAppPlatform : IDisposable
{
    public const string SettingsPath = "/simulator/local.settings.json";

    // Core Tools would use the port of this host.
    public const int AppPort = 7072;

    // By number: names under localhost do not resolve on every machine.
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

    /// <summary>The socket of the vault and the tables.</summary>
    public Socket VaultSocket => _vault.Sockets.Single();

    /// <summary>The certificate of the vault and the tables.</summary>
    public X509Certificate2 Certificate => _certificate.Certificate;

    /// <summary>Explains how to get the file when the host was not started for the app.</summary>
    public static void MapMissing(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            SettingsPath,
            static context =>
                LocalJson.WriteErrorAsync(
                    context,
                    404,
                    "Start the local host with LocalHost__ForFunctionsApp=true to get these settings."
                )
        );

    /// <summary>Serves the settings file of Core Tools.</summary>
    public void Map(IEndpointRouteBuilder routes, LocalBroker broker, LocalJson json)
    {
        LocalSettingsFile file = new(
            IsEncrypted: false,
            SettingsOf(broker),
            new LocalSettingsFile.HostSettings(AppPort)
        );
        routes.MapGet(SettingsPath, context => json.WriteIndentedAsync(context, file));
    }

    /// <summary>The settings of an app that uses this host.</summary>
    public Dictionary<string, string> SettingsOf(LocalBroker broker) =>
        new()
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["AzureWebJobsStorage__tableServiceUri"] = $"https://127.0.0.1:{_vault.Port}/{TableEndpoints.Account}",
            ["CancelRequestsQueue"] = broker.Requests.Name,
            ["CancelResultsTopic"] = broker.Results.Name,
            ["CancelRecordsSubscription"] = broker.RecordsSubscription,
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
