using Onramp.Cancellation.Outcomes;

namespace Onramp.Cancellation.Http;

/// <summary>One row of the table of problems: what the <c>type</c> of an answer stands for. A code never changes: callers decide by it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The last part of the type.</param>
/// <param name="Title">The same for people.</param>
public sealed record ProblemType(int Status, string Code, string Title)
{
    /// <summary>What stands before every code. It is a name and no address, since the service runs anywhere; docs/http.md has a section for each code.</summary>
    public const string Prefix = "urn:onramp-cancel:problem:";

    internal static readonly ProblemType InvalidJson = new(400, "invalid-json", "Not a JSON object");
    internal static readonly ProblemType InvalidIdempotencyKey = new(400, "invalid-idempotency-key", "Invalid Idempotency-Key");
    internal static readonly ProblemType InvalidEvent = new(400, "invalid-event", "Invalid event");
    internal static readonly ProblemType InvalidSignature = new(401, "invalid-signature", "Invalid signature");
    internal static readonly ProblemType IncompleteBody = new(400, "incomplete-body", "Incomplete body");
    internal static readonly ProblemType TimeoutNotFound = new(404, "timeout-not-found", "Timeout not found");
    internal static readonly ProblemType SchemaNotFound = new(404, "schema-not-found", "Schema not found");
    internal static readonly ProblemType MethodNotAllowed = new(405, "method-not-allowed", "Method not allowed");
    internal static readonly ProblemType RequestTimeout = new(408, "request-timeout", "Request timeout");
    internal static readonly ProblemType BodyTooLarge = new(413, "body-too-large", "Body too large");
    internal static readonly ProblemType UnsupportedMediaType = new(415, "unsupported-media-type", "Unsupported media type");
    internal static readonly ProblemType InvalidRequest = new(422, "invalid-request", "Invalid request");
    internal static readonly ProblemType TooManyRequests = new(429, "too-many-requests", "Too many requests");
    internal static readonly ProblemType InternalError = new(500, "internal-error", "Internal error");
    internal static readonly ProblemType OutcomeNotPublished = new(503, "outcome-not-published", "Outcome not published");
    internal static readonly ProblemType QueueUnavailable = new(503, "queue-unavailable", "Queue unavailable");
    internal static readonly ProblemType Stopping = new(503, "stopping", "Stopping");
    internal static readonly ProblemType NotReady = new(503, "not-ready", "Not ready");

    /// <summary>All of them, those of outcomes included.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        InvalidJson, InvalidEvent, InvalidIdempotencyKey, IncompleteBody, InvalidSignature, TimeoutNotFound, SchemaNotFound, MethodNotAllowed, RequestTimeout, BodyTooLarge, UnsupportedMediaType, InvalidRequest,
        TooManyRequests, InternalError, OutcomeNotPublished, QueueUnavailable, Stopping, NotReady,
        .. OfOutcomes,
    ];

    /// <summary>Those of outcomes.</summary>
    internal static IEnumerable<ProblemType> OfOutcomes => OutcomeTable.Rows.Where(static row => row.Problem is not null).Select(static row => Of(row, row.Problem!));

    /// <summary>Those of outcomes that a delivery is answered by, with the status that it gets.</summary>
    internal static IEnumerable<ProblemType> OfDeliveries
        => OutcomeTable.Rows.Where(static row => row.WebhookStatus != row.HttpStatus && row.WebhookStatus >= 400).Select(static row => Of(row, row.Problem!) with { Status = row.WebhookStatus });

    internal static ProblemType Of(OutcomeRow row, OutcomeProblem problem) => new(row.HttpStatus, problem.Code, problem.Title);
}
