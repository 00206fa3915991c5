namespace Onramp.Cancellation.Requests;

/// <summary>What a body is for, which decides the fields that it may have.</summary>
public enum BodyKind
{
    /// <summary>Cancels an order at once: no <c>after</c>, <c>at</c> or <c>whenExpired</c>.</summary>
    Cancel,

    /// <summary>
    /// Arms a timeout on an order that is named elsewhere: exactly one of <c>after</c>, <c>at</c> and
    /// <c>whenExpired</c>, and no order.
    /// </summary>
    Timeout,

    /// <summary>
    /// A message of an order system: names an order, and arms a timeout if it has one of <c>after</c>, <c>at</c> and
    /// <c>whenExpired</c>.
    /// </summary>
    Message,
}
