using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FunctionsHost;

/// <summary>A certificate for this machine's own address, and the file by which a process on Linux comes to trust it.</summary>
internal sealed class VaultCertificate : IDisposable
{
    public VaultCertificate(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=stand-in for Key Vault", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        // The web server wants the key to come with the certificate.
        Certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        File.WriteAllText(PemFile, made.ExportCertificatePem());
    }

    public X509Certificate2 Certificate { get; }

    public string PemFile { get; } = Path.Combine(Path.GetTempPath(), $"key-vault-{Guid.NewGuid():N}.pem");

    public void Dispose()
    {
        Certificate.Dispose();
        File.Delete(PemFile);
    }
}
