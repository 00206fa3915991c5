namespace ServiceBusEmulator.Tests;

/// <summary>How sending ends for the sender.</summary>
public enum SendResult
{
    /// <summary>The message was stored.</summary>
    Stored,

    /// <summary>The message was rejected as when a quota is exceeded; retrying at once does not help.</summary>
    Refused,

    /// <summary>An error; whether the message was stored is unknown.</summary>
    Failed,

    /// <summary>No answer: the connection ended.</summary>
    CutOff,

    /// <summary>No answer until the sender gave up.</summary>
    NotAnswered,
}
