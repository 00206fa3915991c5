using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Http.Contracts;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>Every answer that is not a success, each with a stable type.</summary>
internal static class Problems
{
    public const int MaxBodyBytes = 4096;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(1);

    // What is left of the body is not read, so the connection is of no use to the next request; the caller should know
    // before it tries.
    private static readonly KeyValuePair<string, string> Last = new("Connection", "close");

    // A 401 must name a scheme (RFC 9110, section 11.6.1); this one is not registered.
    private static readonly KeyValuePair<string, string> Challenge = new("WWW-Authenticate", "StandardWebhooks");

    public static IResult MethodNotAllowed(IReadOnlyList<string> methods)
    {
        var allow = string.Join(", ", methods);
        return Respond(
            ProblemType.MethodNotAllowed,
            $"This address takes {allow}.",
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
            "Send the body as it is: not compressed, and without Content-Encoding.",
            headers: new KeyValuePair<string, string>("Accept-Encoding", "identity")
        );

    public static IResult BodyTooLarge() =>
        Respond(ProblemType.BodyTooLarge, $"The body may have at most {MaxBodyBytes} bytes.", headers: Last);

    /// <summary>The answer to a body that did not arrive, by the status that the web server has for it.</summary>
    public static IResult BrokenUpload(int status) =>
        status switch
        {
            408 => Respond(
                ProblemType.RequestTimeout,
                "The body came too slowly. Repeating the request is safe.",
                headers: Last
            ),
            413 => BodyTooLarge(),
            _ => Respond(
                ProblemType.IncompleteBody,
                "The body ended early, or its chunked encoding is malformed. Repeating the request is safe.",
                headers: Last
            ),
        };

    public static IResult InvalidIdempotencyKey() =>
        Respond(ProblemType.InvalidIdempotencyKey, $"{IdempotencyKey.Header} {IdempotencyKey.Rule}");

    public static IResult ContradictingKey() =>
        Respond(
            ProblemType.InvalidIdempotencyKey,
            $"{IdempotencyKey.Header} is not {CallerReader.WebhookId}, which is the id of a signed request. Leave it out."
        );

    public static IResult InvalidWebhookId() =>
        Respond(
            ProblemType.InvalidIdempotencyKey,
            $"{CallerReader.WebhookId} must be 1 to {IdempotencyKey.MaxLength} printable ASCII characters."
        );

    /// <summary>The answer to a request that has a header twice which names one thing.</summary>
    public static IResult Repeated(ProblemType type, string header) =>
        Respond(
            type,
            $"{LogText.Of(header)} is given more than once.",
            Errors([new FieldFault("/" + JsonPointer.Escape(header), "Given more than once.")])
        );

    public static IResult InvalidJson(string detail) => Respond(ProblemType.InvalidJson, detail);

    public static IResult InvalidRequest(IReadOnlyList<FieldFault> faults) =>
        Respond(ProblemType.InvalidRequest, "Some fields are wrong: see errors.", Errors(faults));

    /// <summary>Not 422: senders of events repeat that, and no repetition mends an event.</summary>
    public static IResult InvalidEvent(string detail, IReadOnlyList<FieldFault>? faults = null) =>
        Respond(ProblemType.InvalidEvent, detail, faults is null ? null : Errors(faults));

    public static IResult SignatureRequired() =>
        Respond(
            ProblemType.InvalidSignature,
            "Sign the request: webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks has them.",
            headers: Challenge
        );

    public static IResult InvalidSignature(SignatureVerdict verdict, bool signsTarget) =>
        Respond(
            ProblemType.InvalidSignature,
            verdict switch
            {
                SignatureVerdict.Malformed =>
                    "webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature must all be there, as Standard Webhooks has them.",
                SignatureVerdict.OutOfTime =>
                    "webhook-timestamp is more than five minutes from now: sign anew, and check the clock.",
                SignatureVerdict.NoMatch or SignatureVerdict.Valid => signsTarget
                    ? "No caller's secret gives this signature. At this address, sign webhook-id.webhook-timestamp.METHOD PATH.body, "
                        + "where PATH has the query too."
                    : "No caller's secret gives this signature. Sign webhook-id.webhook-timestamp.body, byte for byte.",
            },
            headers: Challenge
        );

    public static IResult TooManyRequests(TimeSpan retryAfter) =>
        Respond(ProblemType.TooManyRequests, "Rate limit exceeded.", retryAfter: retryAfter);

    public static IResult OutcomeNotPublished(CancelRequest request, CancelOutcome outcome) =>
        Respond(
            ProblemType.OutcomeNotPublished,
            "The outcome is known but could not be published. Repeat the request with the same Idempotency-Key: that is safe.",
            About(request, outcome),
            outcome.RetryAfter
        );

    public static IResult QueueUnavailable(string? requestId) =>
        Respond(
            ProblemType.QueueUnavailable,
            "The queue did not confirm that it took the request. Repeat it with the same Idempotency-Key: that is safe.",
            requestId is null ? null : new() { ["requestId"] = requestId }
        );

    public static IResult TimeoutNotFound() =>
        Respond(ProblemType.TimeoutNotFound, "There is no such timeout, or it has fired.");

    public static IResult SchemaNotFound() =>
        Respond(ProblemType.SchemaNotFound, $"The schemas are {string.Join(", ", ContractDocuments.SchemaNames)}.");

    public static IResult NotReady() =>
        Respond(ProblemType.NotReady, "Key Vault has given no API key and secret to sign with.");

    public static IResult Stopping() =>
        Respond(
            ProblemType.Stopping,
            "This instance of the service is stopping, and what became of the request is not known. Repeat it with the same Idempotency-Key: that is safe."
        );

    public static IResult InternalError() =>
        Respond(
            ProblemType.InternalError,
            "The request failed because of a fault in this service. Repeating it is safe."
        );

    /// <summary>The answer to a request whose outcome is anything but cancelled.</summary>
    public static IResult Of(CancelRequest request, CancelOutcome outcome, ProblemType type) =>
        Respond(type, outcome.Kind.Row().Problem!.Detail(outcome), About(request, outcome), outcome.RetryAfter);

    private static Dictionary<string, object?> Errors(IReadOnlyList<FieldFault> faults) =>
        new()
        {
            ["errors"] = faults
                .Select(static fault => new ProblemError(JsonPointer.ToFragment(fault.Pointer), fault.Detail))
                .ToArray(),
        };

    /// <summary>This service's own members of a problem about an outcome.</summary>
    private static Dictionary<string, object?> About(CancelRequest request, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        var members = new Dictionary<string, object?> { ["requestId"] = request.RequestId };
        if (outcome.OrderIdFor(request.Order) is { } orderId)
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

    /// <summary>The one place where a problem is written: a retryable one always has <c>Retry-After</c>.</summary>
    /// <param name="type">The row of the table.</param>
    /// <param name="detail">The words for people.</param>
    /// <param name="members">This service's own members.</param>
    /// <param name="retryAfter">How long to wait; null for as long as the type says. Ignored for a type that is
    /// final.</param>
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
        if (type.RetryAfter is { } least)
        {
            members["retryable"] = true;
            headers = [.. headers, new("Retry-After", Seconds(retryAfter ?? least))];
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
            JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Type),
            headers
        );
    }

    private static string Seconds(TimeSpan wait)
    {
        var bounded = wait < LongestRetryAfter ? wait : LongestRetryAfter;
        return Math.Max(1, (int)Math.Ceiling(bounded.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }
}
