namespace OnrampFunctions.Local;

/// <summary>
/// How the queue or the topic meets whatever the service asks of it, for as long as it is in that state; faults by rate come besides. In JSON: <c>ok</c>,
/// <c>refuse</c>, <c>hang</c>, <c>deaf</c>.
/// </summary>
public enum BrokerState
{
    /// <summary>It does what it is asked.</summary>
    Ok = 0,

    /// <summary>It refuses everything.</summary>
    Refuse,

    /// <summary>It does nothing and never answers: the operation ends when its caller gives up.</summary>
    Hang,

    /// <summary>The same, behind a client that does not heed its caller's cancellation either: the operation never ends.</summary>
    Deaf,
}
