namespace Onramp.Cancellation.Http.Reading;

/// <summary>What callers can ask for. Each has one <see cref="ApiRoute"/> and one endpoint.</summary>
public enum ApiOperation
{
    /// <summary>Cancels an order.</summary>
    CancelOrder,

    /// <summary>Arms a stale-order timeout.</summary>
    ArmOrderTimeout,

    /// <summary>Disarms a stale-order timeout.</summary>
    DisarmOrderTimeout,

    /// <summary>Reports whether this instance can sign.</summary>
    Health,

    /// <summary>Returns the contract of the HTTP API.</summary>
    OpenApi,

    /// <summary>Returns the contract of the queue and the topic.</summary>
    AsyncApi,

    /// <summary>Returns one JSON Schema of the contracts.</summary>
    Schema,
}
