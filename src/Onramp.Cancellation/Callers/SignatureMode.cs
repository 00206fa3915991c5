namespace Onramp.Cancellation.Callers;

/// <summary>What is done with the signatures of requests.</summary>
public enum SignatureMode
{
    /// <summary>They are passed over.</summary>
    Off = 0,

    /// <summary>A request that is signed must be signed rightly; one that is not is taken without a name.</summary>
    Accept,

    /// <summary>Every request must be signed, and rightly.</summary>
    Require,
}
