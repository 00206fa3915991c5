namespace Onramp.Cancellation.Secrets;

/// <summary>Secrets that are read from Key Vault before the host takes work, and again on an interval.</summary>
internal interface IVaultSecrets
{
    /// <summary>How often they are read again.</summary>
    TimeSpan RefreshInterval { get; }

    /// <summary>Reads them for the first time, within the startup budget.</summary>
    /// <exception cref="CredentialsUnavailableException">The service cannot work without them; the message says what to
    /// do.</exception>
    Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Logs what was wrong at the first reading without ending the start.</summary>
    void ReportFaults();

    /// <summary>Reads them again and applies what the vault answers; an unreachable vault changes nothing.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
