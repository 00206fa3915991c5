using Azure.Core;
using Azure.Identity;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// Tells a wait for the identity from a wait for the vault: when the time for reading the secrets ends during the sign-in, that is what failed. A
/// managed identity's endpoint that is away is tried for longer (about 25 s) than a start may take, so this is how its absence looks.
/// </summary>
internal sealed class TimedCredential(TokenCredential credential) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        try
        {
            return credential.GetToken(requestContext, cancellationToken);
        }
        catch (OperationCanceledException late)
        {
            throw Late(late);
        }
    }

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        try
        {
            return await credential.GetTokenAsync(requestContext, cancellationToken);
        }
        catch (OperationCanceledException late)
        {
            throw Late(late);
        }
    }

    private static AuthenticationFailedException Late(OperationCanceledException late) => new("The sign-in was not done in time.", late);
}
