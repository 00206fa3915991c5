namespace Reliability;

/// <summary>What the provider has decided about an order, whatever else goes wrong.</summary>
public enum Fate
{
    /// <summary>Nothing: faults come and go, and in the end it answers.</summary>
    Open,

    /// <summary>It refuses to cancel the order, every time.</summary>
    Refused,

    /// <summary>
    /// It never gives a usable answer about the order; every second such order is cancelled by it all the same.
    /// </summary>
    Doomed,
}
