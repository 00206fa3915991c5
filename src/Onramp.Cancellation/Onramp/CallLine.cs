namespace Onramp.Cancellation.Onramp;

/// <summary>
/// The line in which a call waits for a permit of <c>Onramp__CallsPerSecond</c>. Each line is served in order, and both
/// at the same time, so that neither waits for the other to become empty.
/// </summary>
public enum CallLine
{
    /// <summary>A client waits for the response: HTTP requests and webhooks.</summary>
    Callers,

    /// <summary>Messages of the queue, and timeouts that fire.</summary>
    Messages,
}

/// <summary>How a call waits for its permit.</summary>
/// <param name="Line">The line.</param>
/// <param name="Until">Until when it may wait, as a timestamp of the clock.</param>
internal readonly record struct CallWait(CallLine Line, long Until)
{
    /// <summary>A wait of at most a given time from now on.</summary>
    public static CallWait For(TimeSpan longest, CallLine line, TimeProvider time) =>
        new(line, time.GetTimestamp() + (long)(longest.TotalSeconds * time.TimestampFrequency));

    /// <summary>How much longer the call may wait; negative if no longer.</summary>
    public TimeSpan Left(TimeProvider time) => time.GetElapsedTime(time.GetTimestamp(), Until);
}
