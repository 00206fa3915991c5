namespace OnrampFunctions.LocalHost.Vault;

/// <summary>How the local vault behaves, besides the faults by rate.</summary>
public enum VaultState
{
    /// <summary>It answers.</summary>
    Ok,

    /// <summary>It answers after <see cref="FaultSettings.SlowFor"/>.</summary>
    Slow,

    /// <summary>No connection can be made.</summary>
    Down,

    /// <summary>It answers 403, as to an identity without a role.</summary>
    Forbidden,

    /// <summary>
    /// It answers 200 with HTML, with nothing, with cut JSON or with JSON that is no secret, in turn.
    /// </summary>
    Nonsense,
}
