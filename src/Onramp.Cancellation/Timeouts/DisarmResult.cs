namespace Onramp.Cancellation.Timeouts;

/// <summary>The result of disarming a timeout.</summary>
public enum DisarmResult
{
    /// <summary>The queue did not confirm it: the timeout may or may not be disarmed.</summary>
    Unconfirmed,

    /// <summary>The timeout is unknown, belongs to another caller or has fired.</summary>
    NotFound,

    /// <summary>The timeout is disarmed and will not fire.</summary>
    Disarmed,
}
