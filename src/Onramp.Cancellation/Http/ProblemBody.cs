namespace Onramp.Cancellation;

/// <summary>A problem document (RFC 9457) with this service's members.</summary>
internal sealed record ProblemBody
{
    public string Type { get; init; } = "about:blank";

    public string? Title { get; init; }

    public int Status { get; init; }

    public string? Detail { get; init; }

    public string? RequestId { get; init; }

    public string? Outcome { get; init; }

    public int? OrderStatus { get; init; }

    public bool? Retryable { get; init; }

    public IReadOnlyList<ProblemError>? Errors { get; init; }
}

/// <summary>One fault of one field; the pointer is a JSON pointer as a URI fragment, as in RFC 9457, section 3.</summary>
internal sealed record ProblemError(string Pointer, string Detail);
