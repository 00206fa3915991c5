using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// A certificate for 127.0.0.1, created at every start, and the file by which a process on Linux trusts it
/// (<c>SSL_CERT_FILE</c>). The key only exists in memory.
/// </summary>
internal sealed class VaultCertificate : IDisposable
{
    public VaultCertificate(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Key Vault of the local host", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));

        // The web server needs a certificate with its key.
        Certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        File.WriteAllText(PemFile, made.ExportCertificatePem());
    }

    public X509Certificate2 Certificate { get; }

    public string PemFile { get; } = Path.Combine(Path.GetTempPath(), $"onramp-local-vault-{Guid.NewGuid():N}.pem");

    public void Dispose()
    {
        Certificate.Dispose();
        File.Delete(PemFile);
    }
}
