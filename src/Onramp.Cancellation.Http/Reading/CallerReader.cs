using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Who calls: whoever has signed the body, else the Entra principal that the platform has signed in, else nobody who
/// has a name.
/// </summary>
internal sealed partial class CallerReader(
    CallerSignatures signatures,
    IOptions<CallersOptions> options,
    ILogger<CallerReader> logger
)
{
    public const string WebhookId = "webhook-id";

    private const string Timestamp = "webhook-timestamp";
    private const string Signature = "webhook-signature";

    // App Service writes it, and takes away what a caller has written, where authentication is on:
    // learn.microsoft.com/azure/app-service/configure-authentication-user-identities
    private const string PrincipalId = "X-MS-CLIENT-PRINCIPAL-ID";

    /// <summary>Whether a request says that it is signed, and that is looked at.</summary>
    public bool IsSigned(HttpRequest request) =>
        signatures.Mode != SignatureMode.Off && request.Headers.ContainsKey(Signature);

    /// <summary>The caller's name, or with which problem to answer.</summary>
    public async ValueTask<(string? Name, IResult? Problem)> ReadAsync(
        ApiRoute route,
        HttpRequest request,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        if (!IsSigned(request))
        {
            return signatures.Mode == SignatureMode.Require ? (null, Problems.SignatureRequired())
                : options.Value.TrustPrincipal && Value(request, PrincipalId) is { Length: > 0 } principal
                    ? (principal, null)
                : default;
        }

        var target = route.SignsTarget
            ? $"{request.Method} {request.PathBase.Add(request.Path).ToUriComponent()}{request.QueryString.ToUriComponent()}"
            : null;
        var (verdict, caller) = await signatures.VerifyAsync(
            new WebhookSignature(
                Value(request, WebhookId),
                Value(request, Timestamp),
                Value(request, Signature),
                target,
                body
            ),
            cancellationToken
        );
        if (verdict == SignatureVerdict.Valid)
        {
            return (caller, null);
        }

        Log.Refused(logger, verdict);
        return (null, Problems.InvalidSignature(verdict, route.SignsTarget));
    }

    private static string? Value(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static partial class Log
    {
        [LoggerMessage(604, LogLevel.Warning, "A request's signature is refused: {Verdict}")]
        public static partial void Refused(ILogger logger, SignatureVerdict verdict);
    }
}
