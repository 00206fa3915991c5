namespace Onramp.Cancellation;

/// <summary>What a host sends back, byte for byte.</summary>
public sealed record ApiResponse
{
    /// <summary>The HTTP status.</summary>
    public required int StatusCode { get; init; }

    /// <summary>Media type of the body; null when there is none.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Further headers, such as <c>Retry-After</c>, <c>Allow</c> and <c>Location</c>; never <c>Content-Type</c> or <c>Content-Length</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
