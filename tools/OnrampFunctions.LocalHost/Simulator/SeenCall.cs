namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>A cancelOrder or getOrder that the provider received, valid or not, and its answer.</summary>
internal sealed class SeenCall(ProviderOperation operation, IHeaderDictionary headers, DateTimeOffset receivedAt)
{
    private volatile CallEnd? _end;

    public ProviderOperation Operation => operation;

    public DateTimeOffset ReceivedAt => receivedAt;

    public SignedHeaders Headers { get; } = SignedHeaders.Of(headers);

    public string Accept { get; } = headers.Accept.ToString();

    public string ContentType { get; } = headers.ContentType.ToString();

    /// <summary>The order, named by id or hash; null when it does not exist.</summary>
    public string? OrderId { get; set; }

    /// <summary>Null while it is in progress.</summary>
    public CallEnd? End
    {
        get => _end;
        set => _end = value;
    }
}

/// <summary>How a call ended.</summary>
/// <param name="StatusCode">The status code of the answer; null for none.</param>
/// <param name="Fault">The injected fault.</param>
/// <param name="At">When it ended.</param>
internal sealed record CallEnd(int? StatusCode, FaultKind Fault, DateTimeOffset At);
