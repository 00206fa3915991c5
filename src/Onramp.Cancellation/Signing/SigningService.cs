namespace Onramp.Cancellation;

/// <summary>
/// The one place that signs: every request to Onramp, whichever trigger it came from, is signed here with the pair that
/// was read from Key Vault at startup and the time by Onramp's clock.
/// </summary>
public sealed class SigningService(CredentialStore credentials, ProviderClock clock)
{
    /// <summary>Signs the UTF-8 JSON body of a request.</summary>
    /// <exception cref="InvalidOperationException">The credentials have not been loaded.</exception>
    public SignedRequest Sign(ReadOnlySpan<byte> body) => RequestSigner.Sign(credentials.Current, clock.Now, body);
}
