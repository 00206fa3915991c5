using Azure.Core;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>A token that only the local vault accepts.</summary>
internal sealed class LocalCredential(TimeProvider clock) : TokenCredential
{
    public const string Token = "local-vault-token";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(Token, clock.GetUtcNow().AddDays(1));

    public override ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
