namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>What a sender is told.</summary>
public enum SendingEnd
{
    /// <summary>The message was taken.</summary>
    Taken,

    /// <summary>It was not, and repeating at once does not help: there is no room.</summary>
    Refused,

    /// <summary>An error, after which nobody knows.</summary>
    Failed,

    /// <summary>Nothing: the connection ended.</summary>
    CutOff,

    /// <summary>Nothing, for as long as it had patience.</summary>
    NotAnswered,
}
