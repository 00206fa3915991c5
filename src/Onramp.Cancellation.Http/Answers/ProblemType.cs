using Onramp.Cancellation.Outcomes;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>
/// One row of the table of problems: what the <c>type</c> of an answer stands for. A code never changes: callers decide
/// by it. A row is made by <see cref="Final"/> or by <see cref="Retryable"/>, which cannot do without a
/// <c>Retry-After</c>.
/// </summary>
public sealed record ProblemType
{
    private ProblemType(int status, string code, string title, TimeSpan? retryAfter) =>
        (Status, Code, Title, RetryAfter) = (status, code, title, retryAfter);

    /// <summary>
    /// What stands before every code. It is a name and no address, since the service runs anywhere; docs/http.md has a
    /// section for each code.
    /// </summary>
    public const string Prefix = "urn:onramp-cancel:problem:";

    // Long enough for a passing fault to pass, short enough that a shopper's page can wait for it.
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

    /// <summary>All of them, those of outcomes included.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        InvalidJson,
        InvalidEvent,
        InvalidIdempotencyKey,
        RepeatedHeader,
        IncompleteBody,
        InvalidSignature,
        TimeoutNotFound,
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

    /// <summary>The last part of the type.</summary>
    public string Code { get; }

    /// <summary>The same for people.</summary>
    public string Title { get; }

    /// <summary>
    /// The value of <c>Retry-After</c> unless something says another, when asking again can change the answer; null
    /// when it changes nothing.
    /// </summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>A problem that asking again does not change.</summary>
    internal static ProblemType Final(int status, string code, string title) =>
        new(status, code, title, retryAfter: null);

    /// <summary>A problem that asking again can change; every answer says when.</summary>
    internal static ProblemType Retryable(int status, string code, string title, TimeSpan retryAfter) =>
        new(status, code, title, retryAfter);

    internal static ProblemType Of(OutcomeRow row, OutcomeProblem problem) =>
        new(row.HttpStatus, problem.Code, problem.Title, row.RetryAfter);

    /// <summary>The same problem under another status.</summary>
    internal ProblemType WithStatus(int status) => this with { Status = status };
}
