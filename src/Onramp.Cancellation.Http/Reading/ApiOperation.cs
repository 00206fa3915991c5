namespace Onramp.Cancellation.Http.Reading;

/// <summary>What callers can ask for. Each has one <see cref="ApiRoute"/> and one endpoint.</summary>
public enum ApiOperation
{
    /// <summary>Cancels an order.</summary>
    CancelOrder,

    /// <summary>Arms, moves, shows or disarms the caller's timeout on an order.</summary>
    OrderTimeout,

    /// <summary>Returns the outcomes of an order.</summary>
    OrderOutcomes,

    /// <summary>Returns the state of a request.</summary>
    RequestState,

    /// <summary>Reports whether this instance can sign.</summary>
    Health,

    /// <summary>Returns the contract of the HTTP API.</summary>
    OpenApi,

    /// <summary>Returns the contract of the queue and the topic.</summary>
    AsyncApi,

    /// <summary>Returns one JSON Schema of the contracts.</summary>
    Schema,
}
