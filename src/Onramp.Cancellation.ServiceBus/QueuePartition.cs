namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// The partition of a sequence number: its upper 16 bits. A queue that is not partitioned has only partition 0.
/// </summary>
public static class QueuePartition
{
    private const int CounterBits = 48;

    /// <summary>The highest partition.</summary>
    public const long Last = long.MaxValue >> CounterBits;

    /// <summary>The partition of a sequence number.</summary>
    public static long Of(long sequenceNumber) => sequenceNumber >> CounterBits;

    /// <summary>The lowest number of a partition.</summary>
    public static long FirstNumber(long partition) => partition << CounterBits;

    /// <summary>The highest number of a partition.</summary>
    public static long LastNumber(long partition) => FirstNumber(partition) | ((1L << CounterBits) - 1);
}
