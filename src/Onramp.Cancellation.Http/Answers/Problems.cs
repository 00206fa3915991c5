using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Http.Contracts;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>Creates every response that is not a success, each with a stable <c>type</c>.</summary>
internal static class Problems
{
    public const int MaxBodyBytes = 4096;

    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    // The rest of the body is not read, so the connection cannot be reused.
    private static readonly KeyValuePair<string, string> Close = new("Connection", "close");

    // A 401 must name a scheme (RFC 9110, section 11.6.1); this one is not registered.
    private static readonly KeyValuePair<string, string> Challenge = new("WWW-Authenticate", "StandardWebhooks");

    public static IResult MethodNotAllowed(IReadOnlyList<string> methods)
    {
        var allow = string.Join(", ", methods);
        return Respond(
            ProblemType.MethodNotAllowed,
            $"Allowed methods: {allow}.",
            headers: new KeyValuePair<string, string>("Allow", allow)
        );
    }

    public static IResult UnsupportedMediaType(IReadOnlyList<string> mediaTypes) =>
        Respond(
            ProblemType.UnsupportedMediaType,
            $"Send the body in UTF-8 as {string.Join(" or ", mediaTypes)}.",
            headers: new KeyValuePair<string, string>("Accept", string.Join(", ", mediaTypes))
        );

    public static IResult UnsupportedContentEncoding() =>
        Respond(
            ProblemType.UnsupportedMediaType,
            "Send the body uncompressed and without Content-Encoding.",
            headers: new KeyValuePair<string, string>("Accept-Encoding", "identity")
        );

    public static IResult BodyTooLarge() =>
        Respond(ProblemType.BodyTooLarge, $"The body must not exceed {MaxBodyBytes} bytes.", headers: Close);

    /// <summary>The response to a body that did not arrive, by the web server's status for it.</summary>
    public static IResult BrokenUpload(int status) =>
        status switch
        {
            408 => Respond(
                ProblemType.RequestTimeout,
                "The body arrived too slowly. Repeating the request is safe.",
                headers: Close
            ),
            413 => BodyTooLarge(),
            _ => Respond(
                ProblemType.IncompleteBody,
                "The body ended early, or its chunked encoding is malformed. Repeating the request is safe.",
                headers: Close
            ),
        };

    public static IResult InvalidIdempotencyKey() =>
        Respond(ProblemType.InvalidIdempotencyKey, $"{IdempotencyKey.Header} {IdempotencyKey.Rule}");

    public static IResult ContradictingKey() =>
        Respond(
            ProblemType.InvalidIdempotencyKey,
            $"{IdempotencyKey.Header} differs from {CallerReader.WebhookId}, the id of a signed request. Leave it out."
        );

    public static IResult InvalidWebhookId() =>
        Respond(
            ProblemType.InvalidIdempotencyKey,
            $"{CallerReader.WebhookId} must be 1 to {IdempotencyKey.MaxLength} printable ASCII characters."
        );

    /// <summary>The response to a request that repeats a header which may occur only once.</summary>
    public static IResult Repeated(ProblemType type, string header) =>
        Respond(
            type,
            $"The header {LogText.Of(header)} occurs more than once.",
            Errors([new FieldFault("/" + JsonPointer.Escape(header), "Occurs more than once.")])
        );

    public static IResult InvalidJson(string detail) => Respond(ProblemType.InvalidJson, detail);

    public static IResult InvalidRequest(IReadOnlyList<FieldFault> faults) =>
        Respond(ProblemType.InvalidRequest, "Some fields are invalid; see errors.", Errors(faults));

    /// <summary>A 400, not a 422: event senders would retry a 422, and a retry cannot succeed.</summary>
    public static IResult InvalidEvent(string detail, IReadOnlyList<FieldFault>? faults = null) =>
        Respond(ProblemType.InvalidEvent, detail, faults is null ? null : Errors(faults));

    public static IResult SignatureRequired() =>
        Respond(
            ProblemType.InvalidSignature,
            "Sign the request with webhook-id, webhook-timestamp and webhook-signature, as in Standard Webhooks.",
            headers: Challenge
        );

    public static IResult InvalidSignature(SignatureVerdict verdict, bool signsTarget) =>
        Respond(
            ProblemType.InvalidSignature,
            verdict switch
            {
                SignatureVerdict.Malformed => "webhook-id, webhook-timestamp (seconds since 1970) and "
                    + "webhook-signature are all required, as in Standard Webhooks.",
                SignatureVerdict.OutOfTime => "webhook-timestamp differs from the current time by more than five "
                    + "minutes. Sign the request again, and check the clock.",
                SignatureVerdict.NoMatch or SignatureVerdict.Valid => "The signature does not match any caller's "
                    + $"secret. Sign {SignedContent(signsTarget)}.",
            },
            headers: Challenge
        );

    public static IResult TooManyRequests(TimeSpan retryAfter) =>
        Respond(ProblemType.TooManyRequests, "Rate limit exceeded.", retryAfter: retryAfter);

    public static IResult OutcomeNotPublished(CancelRequest request, CancelOutcome outcome) =>
        Respond(
            ProblemType.OutcomeNotPublished,
            "The outcome is known but could not be published. "
                + "Repeat the request with the same Idempotency-Key; this is safe.",
            About(request, outcome),
            outcome.RetryAfter
        );

    public static IResult QueueUnavailable(string? requestId) =>
        Respond(
            ProblemType.QueueUnavailable,
            requestId is null
                ? "The queue did not confirm the timeout. Repeat the request; this is safe."
                : "The queue did not confirm the request. Repeat it with the same Idempotency-Key; this is safe.",
            requestId is null ? null : new() { ["requestId"] = requestId }
        );

    public static IResult RecordsUnavailable() =>
        Respond(
            ProblemType.RecordsUnavailable,
            "The tables with the timeouts and the records did not confirm the request. Repeating it is safe."
        );

    public static IResult KeyReused(string requestId, string header) =>
        Respond(
            ProblemType.IdempotencyKeyReused,
            "An earlier request with this id asked for something else. Use a new id for a new request.",
            new()
            {
                ["requestId"] = requestId,
                ["errors"] = Pointers([new FieldFault("/" + header, "Was used for another request.")]),
            }
        );

    public static IResult RequestNotFound() =>
        Respond(
            ProblemType.RequestNotFound,
            "The request is unknown, belongs to another caller, or is no longer kept."
        );

    public static IResult TimeoutNotFound() =>
        Respond(ProblemType.TimeoutNotFound, "This caller has armed no timeout on this order.");

    public static IResult TimeoutFired() =>
        Respond(ProblemType.TimeoutFired, "The timeout is firing or has fired; the outcome event says how it ended.");

    /// <summary>The response to arming a timeout that follows an order which does not wait for payment.</summary>
    public static IResult OrderNotWaiting(OrderReference order, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        return outcome.Kind is OutcomeKind.Cancelled or OutcomeKind.NotCancellable
            ? Respond(
                ProblemType.OrderNotWaiting,
                row.Problem?.Detail(outcome) ?? "The order is cancelled.",
                About(order, outcome)
            )
            : Respond(
                ProblemType.Of(row, row.Problem!),
                row.Problem!.Detail(outcome),
                About(order, outcome),
                outcome.RetryAfter
            );
    }

    public static IResult SchemaNotFound() =>
        Respond(ProblemType.SchemaNotFound, $"Available schemas: {string.Join(", ", ContractDocuments.SchemaNames)}.");

    public static IResult NotReady() =>
        Respond(ProblemType.NotReady, "No API key and secret have been read from Key Vault.");

    public static IResult Stopping() =>
        Respond(
            ProblemType.Stopping,
            "This instance is stopping, and the result of the request is unknown. "
                + "Repeat it with the same Idempotency-Key; this is safe."
        );

    public static IResult InternalError() =>
        Respond(
            ProblemType.InternalError,
            "The request failed because of an error in this service. Repeating it is safe."
        );

    /// <summary>The response to a request whose outcome is not <c>cancelled</c>.</summary>
    public static ApiResult Of(CancelRequest request, CancelOutcome outcome, ProblemType type) =>
        Respond(type, outcome.Kind.Row().Problem!.Detail(outcome), About(request, outcome), outcome.RetryAfter);

    private static string SignedContent(bool signsTarget) =>
        signsTarget
            ? "webhook-id.webhook-timestamp.METHOD PATH.body, where PATH includes the query"
            : "webhook-id.webhook-timestamp.body, byte for byte";

    private static Dictionary<string, object?> Errors(IReadOnlyList<FieldFault> faults) =>
        new() { ["errors"] = Pointers(faults) };

    private static ProblemError[] Pointers(IReadOnlyList<FieldFault> faults) =>
        [.. faults.Select(static fault => new ProblemError(JsonPointer.ToFragment(fault.Pointer), fault.Detail))];

    /// <summary>The members that a problem about the outcome of a request adds to RFC 9457's.</summary>
    private static Dictionary<string, object?> About(CancelRequest request, CancelOutcome outcome) =>
        About(request.Order, outcome, request.RequestId);

    private static Dictionary<string, object?> About(
        OrderReference order,
        CancelOutcome outcome,
        string? requestId = null
    )
    {
        var row = outcome.Kind.Row();
        Dictionary<string, object?> members = [];
        if (requestId is not null)
        {
            members["requestId"] = requestId;
        }

        if (outcome.OrderIdFor(order) is { } orderId)
        {
            members["orderId"] = orderId;
        }

        members["outcome"] = row.Name;
        if (outcome.OrderStatus is { } status)
        {
            members["orderStatus"] = (int)status;
        }

        members["retryable"] = row.IsRetryable;
        return members;
    }

    /// <summary>Serializes a problem; a retryable one always gets <c>Retry-After</c>.</summary>
    /// <param name="type">The row of the table.</param>
    /// <param name="detail">The explanation for people.</param>
    /// <param name="members">Further members of the document.</param>
    /// <param name="retryAfter">When to retry; null for the type's default. Ignored for a final type.</param>
    /// <param name="headers">Further headers.</param>
    private static ApiResult Respond(
        ProblemType type,
        string? detail,
        Dictionary<string, object?>? members = null,
        TimeSpan? retryAfter = null,
        params IReadOnlyList<KeyValuePair<string, string>> headers
    )
    {
        members ??= [];
        if (type.RetryAfter is { } fallback)
        {
            members["retryable"] = true;
            headers = [.. headers, new("Retry-After", Seconds(retryAfter ?? fallback))];
        }

        var problem = new ProblemDetails
        {
            Type = ProblemType.Prefix + type.Code,
            Title = type.Title,
            Status = type.Status,
            Detail = detail,
            Extensions = members,
        };
        return new ApiResult(
            type.Status,
            "application/problem+json",
            JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Problem),
            headers
        );
    }

    private static string Seconds(TimeSpan wait)
    {
        var bounded = wait < MaxRetryAfter ? wait : MaxRetryAfter;
        return Math.Max(1, (int)Math.Ceiling(bounded.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }
}
