namespace Onramp.Cancellation.Callers;

/// <summary>How the signatures of requests are handled.</summary>
public enum SignatureMode
{
    /// <summary>Signatures are ignored.</summary>
    Off = 0,

    /// <summary>
    /// A signed request must be correctly signed; an unsigned request is accepted without a caller's name.
    /// </summary>
    Accept,

    /// <summary>Every request must be correctly signed.</summary>
    Require,
}
