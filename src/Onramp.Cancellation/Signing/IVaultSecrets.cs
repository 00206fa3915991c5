namespace Onramp.Cancellation.Signing;

/// <summary>Secrets that are read from Key Vault before the host takes work, and again on an interval.</summary>
internal interface IVaultSecrets
{
    /// <summary>Reads them for the first time, within the startup budget.</summary>
    /// <exception cref="CredentialsUnavailableException">They cannot be read; the message says what to do.</exception>
    Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Reads them again; whatever the vault answers, the last good ones stay.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
