namespace Onramp.Cancellation.Orders;

/// <summary>
/// The states of a merchant order (getOrder, getHistory, cancelOrder). Onramp's other products use the same numbers
/// with other meanings.
/// </summary>
public enum OrderStatus
{
    /// <summary>Cancelled; final.</summary>
    Cancelled = -3,

    /// <summary>Failed; final.</summary>
    Failed = -1,

    /// <summary>Waiting for payment: the only state that can be cancelled.</summary>
    WaitingForPayment = 0,

    /// <summary>Payment received, waiting for confirmations.</summary>
    PaymentReceived = 1,

    /// <summary>Completed; final.</summary>
    Completed = 2,
}
