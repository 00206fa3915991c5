namespace Onramp.Cancellation.Tests;

/// <summary>A provider that cancels correctly signed requests of its pairs and refuses everything else.</summary>
internal sealed class Merchant(params ApiCredentials[] pairs)
{
    /// <summary>The accepted pairs.</summary>
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
