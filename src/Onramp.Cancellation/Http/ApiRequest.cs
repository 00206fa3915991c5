namespace Onramp.Cancellation;

/// <summary>What an endpoint needs to know of an HTTP request. A host fills it in and adds nothing of its own.</summary>
public sealed record ApiRequest
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The body; read up to the limit and no further.</summary>
    public required Stream Body { get; init; }

    /// <summary><c>Content-Type</c> as it came; null when absent.</summary>
    public string? ContentType { get; init; }

    /// <summary><c>Content-Length</c>; null when absent.</summary>
    public long? ContentLength { get; init; }

    /// <summary><c>Idempotency-Key</c>; null when absent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary><c>Prefer</c> (RFC 7240), several joined by commas; null when absent.</summary>
    public string? Prefer { get; init; }

    /// <summary><c>traceparent</c> (W3C Trace Context); null when absent.</summary>
    public string? TraceParent { get; init; }

    /// <summary><c>tracestate</c>; null when absent.</summary>
    public string? TraceState { get; init; }
}
