namespace Reliability;

/// <summary>The provider's fixed behaviour for an order, whatever other faults occur.</summary>
public enum Fate
{
    /// <summary>Normal: faults are temporary, and finally the provider answers.</summary>
    Open,

    /// <summary>The provider always refuses to cancel the order.</summary>
    Refused,

    /// <summary>
    /// The provider never returns a usable answer about the order, but still cancels every second such order.
    /// </summary>
    Doomed,
}
