using Onramp.Cancellation.Outcomes;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>
/// One row of the table of problems: the <c>type</c> of a response, its status and its title. Codes never change,
/// because callers branch on them. <see cref="Final"/> and <see cref="Retryable"/> create the rows; a retryable one
/// always has a <c>Retry-After</c>.
/// </summary>
public sealed record ProblemType
{
    private ProblemType(int status, string code, string title, TimeSpan? retryAfter) =>
        (Status, Code, Title, RetryAfter) = (status, code, title, retryAfter);

    /// <summary>
    /// The prefix of every code. The type is a name, not an address, because the service has no fixed host.
    /// docs/http.md has a section for each code.
    /// </summary>
    public const string Prefix = "urn:onramp-cancel:problem:";

    // Long enough for a transient fault to pass, short enough for a page that waits for the response.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    internal static readonly ProblemType InvalidJson = Final(400, "invalid-json", "Not a JSON object");
    internal static readonly ProblemType InvalidIdempotencyKey = Final(
        400,
        "invalid-idempotency-key",
        "Invalid Idempotency-Key"
    );
    internal static readonly ProblemType RepeatedHeader = Final(400, "repeated-header", "Repeated header");
    internal static readonly ProblemType InvalidEvent = Final(400, "invalid-event", "Invalid event");
    internal static readonly ProblemType InvalidSignature = Final(401, "invalid-signature", "Invalid signature");
    internal static readonly ProblemType IncompleteBody = Retryable(400, "incomplete-body", "Incomplete body", Soon);
    internal static readonly ProblemType TimeoutNotFound = Final(404, "timeout-not-found", "Timeout not found");
    internal static readonly ProblemType RequestNotFound = Final(404, "request-not-found", "Request not found");
    internal static readonly ProblemType TimeoutFired = Final(409, "timeout-fired", "Timeout fired");
    internal static readonly ProblemType OrderNotWaiting = Final(
        409,
        "order-not-waiting",
        "Order not waiting for payment"
    );
    internal static readonly ProblemType IdempotencyKeyReused = Final(
        422,
        "idempotency-key-reused",
        "Idempotency-Key reused"
    );
    internal static readonly ProblemType RecordsUnavailable = Retryable(
        503,
        "records-unavailable",
        "Records unavailable",
        Soon
    );
    internal static readonly ProblemType SchemaNotFound = Final(404, "schema-not-found", "Schema not found");
    internal static readonly ProblemType MethodNotAllowed = Final(405, "method-not-allowed", "Method not allowed");
    internal static readonly ProblemType RequestTimeout = Retryable(408, "request-timeout", "Request timeout", Soon);
    internal static readonly ProblemType BodyTooLarge = Final(413, "body-too-large", "Body too large");
    internal static readonly ProblemType UnsupportedMediaType = Final(
        415,
        "unsupported-media-type",
        "Unsupported media type"
    );
    internal static readonly ProblemType InvalidRequest = Final(422, "invalid-request", "Invalid request");
    internal static readonly ProblemType TooManyRequests = Retryable(
        429,
        "too-many-requests",
        "Too many requests",
        Soon
    );
    internal static readonly ProblemType InternalError = Retryable(500, "internal-error", "Internal error", Soon);
    internal static readonly ProblemType OutcomeNotPublished = Retryable(
        503,
        "outcome-not-published",
        "Outcome not published",
        Soon
    );
    internal static readonly ProblemType QueueUnavailable = Retryable(
        503,
        "queue-unavailable",
        "Queue unavailable",
        Soon
    );
    internal static readonly ProblemType Stopping = Retryable(503, "stopping", "Stopping", Soon);
    internal static readonly ProblemType NotReady = Retryable(503, "not-ready", "Not ready", Soon);

    /// <summary>Every problem type, including those of outcomes.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        InvalidJson,
        InvalidEvent,
        InvalidIdempotencyKey,
        RepeatedHeader,
        IncompleteBody,
        InvalidSignature,
        TimeoutNotFound,
        RequestNotFound,
        TimeoutFired,
        OrderNotWaiting,
        IdempotencyKeyReused,
        RecordsUnavailable,
        SchemaNotFound,
        MethodNotAllowed,
        RequestTimeout,
        BodyTooLarge,
        UnsupportedMediaType,
        InvalidRequest,
        TooManyRequests,
        InternalError,
        OutcomeNotPublished,
        QueueUnavailable,
        Stopping,
        NotReady,
        .. OutcomeTable.Rows.Where(static row => row.Problem is not null).Select(static row => Of(row, row.Problem!)),
    ];

    /// <summary>The HTTP status.</summary>
    public int Status { get; private init; }

    /// <summary>The last part of the <c>type</c>.</summary>
    public string Code { get; }

    /// <summary>The title, for people.</summary>
    public string Title { get; }

    /// <summary>
    /// The default <c>Retry-After</c>; null when repeating the request does not help.
    /// </summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Creates a problem type for which repeating the request does not help.</summary>
    internal static ProblemType Final(int status, string code, string title) =>
        new(status, code, title, retryAfter: null);

    /// <summary>Creates a problem type for which repeating the request can help, after the given time.</summary>
    internal static ProblemType Retryable(int status, string code, string title, TimeSpan retryAfter) =>
        new(status, code, title, retryAfter);

    /// <summary>Creates the problem type of an outcome.</summary>
    internal static ProblemType Of(OutcomeRow row, OutcomeProblem problem) =>
        new(row.HttpStatus, problem.Code, problem.Title, row.RetryAfter);

    /// <summary>Returns the same problem type with another status.</summary>
    internal ProblemType WithStatus(int status) => this with { Status = status };
}
