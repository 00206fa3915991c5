using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Callers;

/// <summary>
/// Verifies signed requests by Standard Webhooks 1.0.0. Without a configured key no signature is valid.
/// </summary>
public sealed class CallerSignatures
{
    private readonly CallerKeys _keys;
    private readonly TimeProvider _time;

    internal CallerSignatures(CallerKeys keys, IOptions<CallersOptions> options, TimeProvider time)
    {
        (_keys, _time) = (keys, time);
        Mode = options.Value.Signatures;
    }

    /// <summary>How signatures are handled.</summary>
    public SignatureMode Mode { get; }

    /// <summary>Verifies a signed request.</summary>
    /// <param name="signature">The request.</param>
    /// <param name="cancellationToken">Cancels the wait for a newer key.</param>
    /// <returns>The verdict, and the caller's name when the signature is valid.</returns>
    public async ValueTask<(SignatureVerdict Verdict, string? Caller)> VerifyAsync(
        WebhookSignature signature,
        CancellationToken cancellationToken
    )
    {
        var verdict = signature.Check(_time.GetUtcNow());
        if (verdict != SignatureVerdict.NoMatch)
        {
            return (verdict, null);
        }

        var caller = await _keys.FindAsync(signature.IsBy, cancellationToken);
        return (caller is null ? SignatureVerdict.NoMatch : SignatureVerdict.Valid, caller);
    }
}
