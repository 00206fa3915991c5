using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Identifies the caller: the signer of the request, or else the Entra principal that the platform authenticated. Other
/// callers are unnamed.
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

    // With authentication enabled, App Service sets it and removes what a caller sent:
    // learn.microsoft.com/azure/app-service/configure-authentication-user-identities
    private const string PrincipalId = "X-MS-CLIENT-PRINCIPAL-ID";

    /// <summary>Whether a request has a signature, and signatures are verified.</summary>
    public bool IsSigned(HttpRequest request) =>
        signatures.Mode != SignatureMode.Off && request.Headers.ContainsKey(Signature);

    /// <summary>Returns the caller's name, which is null for an unnamed caller, or the problem.</summary>
    public async ValueTask<(string? Name, IResult? Problem)> ReadAsync(
        ApiRoute route,
        HttpRequest request,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        if (!IsSigned(request))
        {
            return signatures.Mode == SignatureMode.Require
                ? (null, Problems.SignatureRequired())
                : (PrincipalOf(request), null);
        }

        WebhookSignature signature = new(
            Value(request, WebhookId),
            Value(request, Timestamp),
            Value(request, Signature),
            route.SignsTarget ? TargetOf(request) : null,
            body
        );
        var (verdict, caller) = await signatures.VerifyAsync(signature, cancellationToken);
        if (verdict == SignatureVerdict.Valid)
        {
            return (caller, null);
        }

        Log.Refused(logger, verdict);
        return (null, Problems.InvalidSignature(verdict, route.SignsTarget));
    }

    private string? PrincipalOf(HttpRequest request) =>
        options.Value.TrustPrincipal && Value(request, PrincipalId) is { Length: > 0 } principal ? principal : null;

    private static string TargetOf(HttpRequest request)
    {
        var path = request.PathBase.Add(request.Path).ToUriComponent();
        return $"{request.Method} {path}{request.QueryString.ToUriComponent()}";
    }

    private static string? Value(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static partial class Log
    {
        [LoggerMessage(604, LogLevel.Warning, "Rejected the signature of a request: {Verdict}")]
        public static partial void Refused(ILogger logger, SignatureVerdict verdict);
    }
}
