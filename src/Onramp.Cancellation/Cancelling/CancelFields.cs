namespace Onramp.Cancellation;

/// <summary>The fields of a valid request body, as HTTP and queue both take them.</summary>
internal readonly record struct CancelFields
{
    public required OrderReference Order { get; init; }

    public string? Reason { get; init; }

    public bool? OnlyIfUnpaid { get; init; }

    /// <summary>A timeout's delay; null unless the body may name one and does.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>A timeout's instant; null unless the body may name one and does.</summary>
    public DateTimeOffset? At { get; init; }
}
