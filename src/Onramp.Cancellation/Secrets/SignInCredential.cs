using Azure.Core;
using Azure.Identity;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Distinguishes a slow sign-in from a slow vault: when the time for reading the secrets ends during the sign-in, the
/// sign-in has failed. The SDK retries a managed identity endpoint that does not answer for about 25 s, which is longer
/// than a start may take.
/// </summary>
/// <param name="credential">Signs in.</param>
/// <param name="bypassCache">Whether the first token must be a new one. Claims make a managed identity ignore its
/// cache.</param>
internal sealed class SignInCredential(TokenCredential credential, bool bypassCache = false) : TokenCredential
{
    private const string AnyClaims = """{"access_token":{}}""";

    private int _bypasses = bypassCache ? 1 : 0;
    private volatile bool _isSigningIn;

    /// <summary>
    /// Whether a sign-in has begun that has not succeeded. A client whose time is over does not always wait for the
    /// exception of this credential.
    /// </summary>
    public bool IsSigningIn => _isSigningIn;

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        _isSigningIn = true;
        try
        {
            var token = credential.GetToken(Renewing(requestContext), cancellationToken);
            _isSigningIn = false;
            return token;
        }
        catch (OperationCanceledException late)
        {
            throw Late(late);
        }
    }

    public override async ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext,
        CancellationToken cancellationToken
    )
    {
        _isSigningIn = true;
        try
        {
            var token = await credential.GetTokenAsync(Renewing(requestContext), cancellationToken);
            _isSigningIn = false;
            return token;
        }
        catch (OperationCanceledException late)
        {
            throw Late(late);
        }
    }

    private TokenRequestContext Renewing(TokenRequestContext context) =>
        Interlocked.Exchange(ref _bypasses, 0) == 0
            ? context
            : new TokenRequestContext(
                context.Scopes,
                context.ParentRequestId,
                AnyClaims,
                context.TenantId,
                context.IsCaeEnabled
            );

    /// <summary>The failure of a sign-in that took too long.</summary>
    public static AuthenticationFailedException Late(OperationCanceledException late) =>
        new("The sign-in timed out.", late);
}
