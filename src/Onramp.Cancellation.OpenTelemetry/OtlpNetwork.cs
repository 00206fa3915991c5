using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>Configures the connection of one signal's exporter to its receiver.</summary>
internal static class OtlpNetwork
{
    public const string Authority = "OTEL_EXPORTER_OTLP_CERTIFICATE";
    public const string ClientCertificate = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";
    public const string ClientKey = "OTEL_EXPORTER_OTLP_CLIENT_KEY";

    // The default of the OpenTelemetry specification.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Applies the settings of one signal; the exporter itself reads only those for all three signals.
    /// </summary>
    public static void Configure(
        OtlpExporterOptions options,
        OtlpSignal signal,
        IConfiguration configuration,
        ExportReport report
    )
    {
        if (signal.OwnEndpoint(configuration) is { } endpoint)
        {
            options.Endpoint = new Uri(endpoint);
        }

        if (signal.Setting(configuration, "PROTOCOL") is { } protocol)
        {
            options.Protocol =
                protocol.Trim() == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (signal.Setting(configuration, "COMPRESSION") is { } compression)
        {
            options.Compression = compression.Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase)
                ? OtlpExportCompression.GZip
                : OtlpExportCompression.None;
        }

        // The client sets them.
        options.Headers = null;
        options.HttpClientFactory = () => CreateClient(signal, configuration, report);
    }

    /// <summary>Loads the certificates from the files that the settings name.</summary>
    /// <exception cref="CryptographicException">A file has no certificate or key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SslClientAuthenticationOptions Certificates(IConfiguration configuration)
    {
        SslClientAuthenticationOptions options = new();
        if (configuration[Authority] is { Length: > 0 } authority)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        if (configuration[ClientCertificate] is { Length: > 0 } certificate)
        {
            options.ClientCertificates =
            [
                X509Certificate2.CreateFromPemFile(
                    certificate,
                    configuration[ClientKey] is { Length: > 0 } key ? key : null
                ),
            ];
        }

        return options;
    }

    private static HttpClient CreateClient(OtlpSignal signal, IConfiguration configuration, ExportReport report)
    {
        SocketsHttpHandler network = new()
        {
            SslOptions = Certificates(configuration),
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        };
        HttpClient client = new(new ExportReportHandler(signal.Name, report, network));
        client.Timeout = signal.Setting(configuration, "TIMEOUT") is { } timeout
            ? TimeSpan.FromMilliseconds(int.Parse(timeout, NumberStyles.None, CultureInfo.InvariantCulture))
            : DefaultTimeout;
        if (signal.Setting(configuration, "HEADERS") is { } headers)
        {
            OtlpHeaders.TryAdd(client.DefaultRequestHeaders, headers);
        }

        return client;
    }
}
