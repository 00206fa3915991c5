namespace OnrampFunctions.LocalHost.Vault;

/// <summary>The state of the local vault, besides faults by rate.</summary>
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

    /// <summary>It answers 200 with HTML, an empty body, truncated JSON or JSON without a secret, in turn.</summary>
    Nonsense,
}
