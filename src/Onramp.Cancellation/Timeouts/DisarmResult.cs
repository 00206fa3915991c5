namespace Onramp.Cancellation.Timeouts;

/// <summary>The result of disarming a timeout.</summary>
public enum DisarmResult
{
    /// <summary>The tables did not confirm it: the timeout may or may not be disarmed.</summary>
    Unavailable,

    /// <summary>The caller never armed a timeout on this order.</summary>
    NotFound,

    /// <summary>The timeout is disarmed, by this request or an earlier one, and will not fire.</summary>
    Disarmed,

    /// <summary>The timeout is firing or has fired.</summary>
    Fired,
}
