namespace Onramp.Cancellation.Signing;

/// <summary>
/// Signs every request to Onramp, whichever trigger it came from, with the pair from Key Vault and the time by Onramp's
/// clock. No other code signs.
/// </summary>
public sealed class SigningService(CredentialStore credentials, ProviderClock clock)
{
    /// <summary>The pair to sign with; null while Key Vault has no valid one.</summary>
    internal ApiCredentials? Pair => credentials.CurrentOrNone;

    /// <summary>Signs the UTF-8 JSON body of a request.</summary>
    /// <exception cref="InvalidOperationException">No credentials are loaded.</exception>
    public SignedRequest Sign(ReadOnlySpan<byte> body) => Sign(credentials.Current, body);

    /// <summary>Signs with a given pair.</summary>
    internal SignedRequest Sign(ApiCredentials pair, ReadOnlySpan<byte> body) =>
        RequestSigner.Sign(pair, clock.Now, body);
}
