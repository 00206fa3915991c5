using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http;

/// <summary>Every answer that is not a success, each with a stable type.</summary>
internal static class Problems
{
    public const int MaxBodyBytes = 4096;

    private const string TypePrefix = "urn:onramp-cancel:problem:";

    // Long enough for a passing fault to pass, short enough that a shopper's page can wait for it.
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    // What is left of the body is not read, so the connection is of no use to the next request; the caller should know before it tries.
    private static readonly KeyValuePair<string, string> Last = new("Connection", "close");

    public static IResult MethodNotAllowed(IReadOnlyList<string> methods)
    {
        var allow = string.Join(", ", methods);
        return Respond(405, "method-not-allowed", "Method not allowed", $"This address takes {allow}.", headers: new KeyValuePair<string, string>("Allow", allow));
    }

    public static IResult UnsupportedMediaType()
        => Respond(415, "unsupported-media-type", "Unsupported media type", "Send the body as application/json in UTF-8.",
            headers: new KeyValuePair<string, string>("Accept", "application/json"));

    public static IResult UnsupportedContentEncoding()
        => Respond(415, "unsupported-media-type", "Unsupported content encoding", "Send the body as it is: not compressed, and without Content-Encoding.",
            headers: new KeyValuePair<string, string>("Accept-Encoding", "identity"));

    public static IResult BodyTooLarge()
        => Respond(413, "body-too-large", "Body too large", $"The body may have at most {MaxBodyBytes} bytes.", headers: Last);

    /// <summary>The answer to a body that did not arrive, by the status that the web server has for it.</summary>
    public static IResult BrokenUpload(int status) => status switch
    {
        408 => Respond(408, "request-timeout", "Request timeout", "The body came too slowly. Repeating the request is safe.", headers: Last),
        413 => BodyTooLarge(),
        _ => Respond(400, "incomplete-body", "Incomplete body", "The body ended early, or its chunks are not as HTTP has them. Repeating the request is safe.", headers: Last),
    };

    public static IResult InvalidIdempotencyKey()
        => Respond(400, "invalid-idempotency-key", "Invalid Idempotency-Key", "Idempotency-Key must be 1 to 255 printable ASCII characters.");

    public static IResult InvalidJson(string detail) => Respond(400, "invalid-json", "Not a JSON object", detail);

    public static IResult InvalidRequest(IReadOnlyList<FieldFault> faults)
        => Respond(422, "invalid-request", "Invalid request", "Some fields are wrong: see errors.",
            new() { ["errors"] = faults.Select(static fault => new ProblemError(JsonPointer.ToFragment(fault.Pointer), fault.Detail)).ToArray() });

    public static IResult OutcomeNotPublished(CancelRequest request, CancelOutcome outcome)
        => Retry(503, "outcome-not-published", "Outcome not published",
            "The outcome is known but could not be published. Repeat the request with the same Idempotency-Key: that is safe.", request.RequestId, outcome, null);

    public static IResult QueueUnavailable(string? requestId)
        => Retry(503, "queue-unavailable", "Queue unavailable", "The queue did not confirm that it took the request. Repeat it with the same Idempotency-Key: that is safe.", requestId, null, null);

    public static IResult TimeoutNotFound()
        => Respond(404, "timeout-not-found", "Timeout not found", "There is no such timeout, or it has fired.");

    public static IResult NotReady()
        => Retry(503, "not-ready", "Not ready", "The credentials have not been loaded from Key Vault.", null, null, null);

    public static IResult InternalError()
        => Respond(500, "internal-error", "Internal error", "The request failed by a fault in this service. Repeating it is safe.");

    /// <summary>The answer to a request whose outcome is anything but cancelled.</summary>
    public static IResult Of(CancelRequest request, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        return row.HttpStatus == 503
            ? Retry(503, row.ProblemCode!, row.ProblemTitle!, row.ProblemDetail!(outcome), request.RequestId, outcome, outcome.RetryAfter)
            : Respond(row.HttpStatus, row.ProblemCode!, row.ProblemTitle!, row.ProblemDetail!(outcome), About(request.RequestId, outcome));
    }

    private static ApiResult Retry(int status, string code, string title, string? detail, string? requestId, CancelOutcome? outcome, TimeSpan? retryAfter)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(Math.Min((retryAfter ?? DefaultRetryAfter).TotalSeconds, TimeSpan.FromDays(1).TotalSeconds)));
        return Respond(status, code, title, detail, About(requestId, outcome, isRetryable: true),
            new KeyValuePair<string, string>("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
    }

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

    private static ApiResult Respond(int status, string code, string title, string? detail, Dictionary<string, object?>? members = null, params IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var problem = new ProblemDetails { Type = TypePrefix + code, Title = title, Status = status, Detail = detail, Extensions = members ?? [] };
        return new ApiResult(status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Default.ProblemDetails), headers);
    }
}
