namespace Onramp.Cancellation.Secrets;

/// <summary>Secrets that are read from Key Vault before the host accepts work, and refreshed on an interval.</summary>
internal interface IVaultSecrets
{
    /// <summary>The refresh interval.</summary>
    TimeSpan RefreshInterval { get; }

    /// <summary>Reads the secrets for the first time, within the startup budget.</summary>
    /// <exception cref="CredentialsUnavailableException">The service cannot work without them; the message says what to
    /// do.</exception>
    Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Logs the errors of the first read that do not end the start.</summary>
    void ReportFaults();

    /// <summary>Reads the secrets again and applies the vault's answer; an unreachable vault changes nothing.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
