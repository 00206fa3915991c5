namespace Onramp.Cancellation;

/// <summary>What an endpoint needs to know of an HTTP request. A host fills it in and adds nothing of its own.</summary>
public sealed record ApiRequest
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The body; read up to the limit and no further.</summary>
    public required Stream Body { get; init; }

    /// <summary>
    /// The status that the web server gives an exception that reading the body threw: 408 for one that came too slowly, 413 for one over the server's
    /// own limit. Default 400, for one that was cut or badly framed.
    /// </summary>
    public Func<Exception, int> StatusOfBrokenBody { get; init; } = static _ => 400;

    /// <summary><c>Content-Type</c> as it came; null when absent.</summary>
    public string? ContentType { get; init; }

    /// <summary><c>Content-Encoding</c> as it came, several joined by commas; null when absent.</summary>
    public string? ContentEncoding { get; init; }

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
