namespace Onramp.Cancellation.Tests;

/// <summary>
/// The provider as a merchant's account sees it: it cancels what one of its pairs has signed and refuses everything
/// else.
/// </summary>
internal sealed class Merchant(params ApiCredentials[] pairs)
{
    /// <summary>The pairs that it takes now.</summary>
    public IReadOnlyList<ApiCredentials> Pairs { get; set; } = pairs;

    public HttpResponseMessage Answer(ReceivedCall call, JumpingClock time, CancellationToken cancellationToken) =>
        (Pairs.Any(pair => HasSigned(pair, call)) ? Answers.Cancelled : Answers.BadSignature)(
            call,
            time,
            cancellationToken
        );

    public static bool HasSigned(ApiCredentials pair, ReceivedCall call)
    {
        var payload = Convert.FromBase64String(call.Headers["X-ONRAMP-PAYLOAD"]);
        return call.Headers["X-ONRAMP-APIKEY"] == pair.ApiKey
            && call.Headers["X-ONRAMP-SIGNATURE"] == RequestSigner.SignPayload(pair, payload).Signature;
    }
}
