namespace Onramp.Cancellation;

/// <summary>
/// The time by Onramp's clock: our own, corrected by the offset that was measured when Onramp last refused a timestamp as ahead of
/// its time. Zero until then.
/// </summary>
public sealed class ProviderClock(TimeProvider time)
{
    private long _offset;

    /// <summary>Milliseconds since the Unix epoch, by Onramp's clock.</summary>
    public long Now => Local + Volatile.Read(ref _offset);

    /// <summary>How far Onramp's clock is from ours, in milliseconds; negative when ours is ahead.</summary>
    public long Offset => Volatile.Read(ref _offset);

    private long Local => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Takes over a reading of Onramp's clock. The answer has aged on its way here, so the corrected time is never ahead
    /// of Onramp's own.
    /// </summary>
    internal void Synchronize(long serverTime) => Volatile.Write(ref _offset, serverTime - Local);
}
