using Onramp.Cancellation.Orders;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>A line of a file of orders.</summary>
internal sealed record OrderLine
{
    /// <summary>The line at which it begins; the first line of the file, with the columns, is 1.</summary>
    public required int Number { get; init; }

    /// <summary>The order; null if it is not valid.</summary>
    public OrderReference? Order { get; init; }

    public string? Reason { get; init; }

    public bool OnlyIfUnpaid { get; init; }

    /// <summary>Why the line is not valid; null if it is.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether an earlier line asks for the same.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>Whether a request is sent for it.</summary>
    public bool IsRequest => Fault is null && !IsDuplicate;
}
