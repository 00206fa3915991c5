namespace Onramp.Cancellation.Signing;

/// <summary>
/// The one place that signs: every request to Onramp, whichever trigger it came from, is signed here with the pair that
/// was read from Key Vault at startup and the time by Onramp's clock.
/// </summary>
public sealed class SigningService(CredentialStore credentials, ProviderClock clock)
{
    /// <summary>The pair to sign with; null while Key Vault has none that may be used.</summary>
    internal ApiCredentials? Pair => credentials.CurrentOrNone;

    /// <summary>Signs the UTF-8 JSON body of a request.</summary>
    /// <exception cref="InvalidOperationException">There are no credentials.</exception>
    public SignedRequest Sign(ReadOnlySpan<byte> body) => Sign(credentials.Current, body);

    /// <summary>Signs with a given pair.</summary>
    internal SignedRequest Sign(ApiCredentials pair, ReadOnlySpan<byte> body) =>
        RequestSigner.Sign(pair, clock.Now, body);
}
