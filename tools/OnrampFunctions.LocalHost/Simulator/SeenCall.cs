namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>
/// A cancelOrder or getOrder as the provider saw it, whatever is wrong with it, and in the end how it was answered.
/// </summary>
internal sealed class SeenCall(ProviderOperation operation, IHeaderDictionary headers, DateTimeOffset receivedAt)
{
    private volatile CallEnd? _end;

    public ProviderOperation Operation => operation;

    public DateTimeOffset ReceivedAt => receivedAt;

    public SignedHeaders Headers { get; } = SignedHeaders.Of(headers);

    public string Accept { get; } = headers.Accept.ToString();

    public string ContentType { get; } = headers.ContentType.ToString();

    /// <summary>The order that it names, by id or by hash; null when there is no such order.</summary>
    public string? OrderId { get; set; }

    /// <summary>Null while it is under way.</summary>
    public CallEnd? End
    {
        get => _end;
        set => _end = value;
    }
}

/// <summary>How a call ended.</summary>
/// <param name="StatusCode">Of the answer; null when its caller got none.</param>
/// <param name="Fault">What went wrong on purpose.</param>
/// <param name="At">When.</param>
internal sealed record CallEnd(int? StatusCode, FaultKind Fault, DateTimeOffset At);
