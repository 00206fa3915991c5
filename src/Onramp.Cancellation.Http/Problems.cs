using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http;

/// <summary>Every answer that is not a success, each with a stable type.</summary>
internal static class Problems
{
    public const int MaxBodyBytes = 4096;

    // Long enough for a passing fault to pass, short enough that a shopper's page can wait for it.
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    // What is left of the body is not read, so the connection is of no use to the next request; the caller should know before it tries.
    private static readonly KeyValuePair<string, string> Last = new("Connection", "close");

    // A 401 must name a scheme (RFC 9110, section 11.6.1); this one is not registered.
    private static readonly KeyValuePair<string, string> Challenge = new("WWW-Authenticate", "StandardWebhooks");

    public static IResult MethodNotAllowed(IReadOnlyList<string> methods)
    {
        var allow = string.Join(", ", methods);
        return Respond(ProblemType.MethodNotAllowed, $"This address takes {allow}.", headers: new KeyValuePair<string, string>("Allow", allow));
    }

    public static IResult UnsupportedMediaType(IReadOnlyList<string> mediaTypes)
        => Respond(ProblemType.UnsupportedMediaType, $"Send the body in UTF-8 as {string.Join(" or ", mediaTypes)}.",
            headers: new KeyValuePair<string, string>("Accept", string.Join(", ", mediaTypes)));

    public static IResult UnsupportedContentEncoding()
        => Respond(ProblemType.UnsupportedMediaType, "Send the body as it is: not compressed, and without Content-Encoding.",
            headers: new KeyValuePair<string, string>("Accept-Encoding", "identity"));

    public static IResult BodyTooLarge()
        => Respond(ProblemType.BodyTooLarge, $"The body may have at most {MaxBodyBytes} bytes.", headers: Last);

    /// <summary>The answer to a body that did not arrive, by the status that the web server has for it.</summary>
    public static IResult BrokenUpload(int status) => status switch
    {
        408 => Respond(ProblemType.RequestTimeout, "The body came too slowly. Repeating the request is safe.", headers: Last),
        413 => BodyTooLarge(),
        _ => Respond(ProblemType.IncompleteBody, "The body ended early, or its chunks are not as HTTP has them. Repeating the request is safe.", headers: Last),
    };

    public static IResult InvalidRequestId(string header) => Respond(ProblemType.InvalidIdempotencyKey, $"{header} must be 1 to 255 printable ASCII characters.");

    public static IResult InvalidJson(string detail) => Respond(ProblemType.InvalidJson, detail);

    public static IResult InvalidRequest(IReadOnlyList<FieldFault> faults)
        => Respond(ProblemType.InvalidRequest, "Some fields are wrong: see errors.", Errors(faults));

    /// <summary>Not 422: senders of events repeat that, and no repetition mends an event.</summary>
    public static IResult InvalidEvent(string detail, IReadOnlyList<FieldFault>? faults = null)
        => Respond(ProblemType.InvalidEvent, detail, faults is null ? null : Errors(faults));

    public static IResult SignatureRequired()
        => Respond(ProblemType.InvalidSignature, "Sign the request: webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks has them.", headers: Challenge);

    public static IResult InvalidSignature(SignatureVerdict verdict) => Respond(
        ProblemType.InvalidSignature,
        verdict switch
        {
            SignatureVerdict.Malformed => "webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature must all be there, as Standard Webhooks has them.",
            SignatureVerdict.OutOfTime => "webhook-timestamp is more than five minutes from now: sign anew, and check the clock.",
            SignatureVerdict.NoMatch or SignatureVerdict.Valid => "No caller's secret gives this signature. It is made over webhook-id, webhook-timestamp and the body, byte for byte.",
        },
        headers: Challenge);

    public static IResult TooManyRequests(TimeSpan retryAfter)
        => Retry(ProblemType.TooManyRequests, "You have sent as many requests in this minute as you may.", null, null, retryAfter);

    public static IResult OutcomeNotPublished(CancelRequest request, CancelOutcome outcome)
        => Retry(ProblemType.OutcomeNotPublished, "The outcome is known but could not be published. Repeat the request with the same Idempotency-Key: that is safe.", request.RequestId, outcome, null);

    public static IResult QueueUnavailable(string? requestId)
        => Retry(ProblemType.QueueUnavailable, "The queue did not confirm that it took the request. Repeat it with the same Idempotency-Key: that is safe.", requestId, null, null);

    public static IResult TimeoutNotFound()
        => Respond(ProblemType.TimeoutNotFound, "There is no such timeout, or it has fired.");

    public static IResult SchemaNotFound() => Respond(ProblemType.SchemaNotFound, $"The schemas are {string.Join(", ", ContractDocuments.Schemas.Keys.Order())}.");

    public static IResult NotReady()
        => Retry(ProblemType.NotReady, "The credentials have not been loaded from Key Vault.", null, null, null);

    public static IResult Stopping()
        => Retry(ProblemType.Stopping, "This instance of the service is stopping, and what became of the request is not known. Repeat it with the same Idempotency-Key: that is safe.", null, null, null);

    public static IResult InternalError()
        => Respond(ProblemType.InternalError, "The request failed by a fault in this service. Repeating it is safe.");

    /// <summary>The answer to a request whose outcome is anything but cancelled.</summary>
    public static IResult Of(CancelRequest request, CancelOutcome outcome, ProblemType type)
    {
        var detail = outcome.Kind.Row().Problem!.Detail(outcome);
        return type.Status == StatusCodes.Status503ServiceUnavailable
            ? Retry(type, detail, request.RequestId, outcome, outcome.RetryAfter)
            : Respond(type, detail, About(request.RequestId, outcome));
    }

    private static ApiResult Retry(ProblemType type, string? detail, string? requestId, CancelOutcome? outcome, TimeSpan? retryAfter)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(Math.Min((retryAfter ?? DefaultRetryAfter).TotalSeconds, TimeSpan.FromDays(1).TotalSeconds)));
        return Respond(type, detail, About(requestId, outcome, isRetryable: true),
            new KeyValuePair<string, string>("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
    }

    private static Dictionary<string, object?> Errors(IReadOnlyList<FieldFault> faults)
        => new() { ["errors"] = faults.Select(static fault => new ProblemError(JsonPointer.ToFragment(fault.Pointer), fault.Detail)).ToArray() };

    /// <summary>This service's own members of a problem.</summary>
    private static Dictionary<string, object?> About(string? requestId, CancelOutcome? outcome, bool? isRetryable = null)
    {
        var members = new Dictionary<string, object?>();
        Add("requestId", requestId);
        Add("outcome", outcome?.Kind.Row().Name);
        Add("orderStatus", (int?)outcome?.OrderStatus);
        Add("retryable", isRetryable ?? outcome?.Kind.Row().IsRetryable);
        return members;

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                members.Add(name, value);
            }
        }
    }

    private static ApiResult Respond(ProblemType type, string? detail, Dictionary<string, object?>? members = null, params IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var problem = new ProblemDetails { Type = ProblemType.Prefix + type.Code, Title = type.Title, Status = type.Status, Detail = detail, Extensions = members ?? [] };
        return new ApiResult(type.Status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Type), headers);
    }
}
