using System.Buffers.Text;
using System.Text;
using Azure.Core;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>The app's identity, whose tokens are numbered.</summary>
internal sealed class Identity(TimeProvider? time = null) : TokenCredential
{
    public const string ObjectId = "11111111-2222-3333-4444-555555555555";

    private int _signIns;

    public int SignIns => Volatile.Read(ref _signIns);

    public string? Scope { get; private set; }

    /// <summary>How long a token is valid. Default one hour.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The claims of a token.</summary>
    public string Claims { get; init; } = $$"""{"oid":"{{ObjectId}}"}""";

    public string Token(int number) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Claims))}.{number}";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Scope = Assert.Single(requestContext.Scopes);
        return new AccessToken(
            Token(Interlocked.Increment(ref _signIns)),
            (time ?? TimeProvider.System).GetUtcNow() + Lifetime
        );
    }

    public override ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext,
        CancellationToken cancellationToken
    ) => new(GetToken(requestContext, cancellationToken));
}
