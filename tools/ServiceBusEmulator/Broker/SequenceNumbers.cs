namespace ServiceBusEmulator.Broker;

/// <summary>
/// The sequence numbers of a queue. As in Service Bus, their upper 16 bits are the partition: numbers grow within a
/// partition, but neither grow with time nor follow one another across partitions.
/// </summary>
internal sealed class SequenceNumbers(int partitions)
{
    private const int CounterBits = 48;

    private readonly long[] _last = new long[partitions];
    private int _withoutKey;

    public static int PartitionOf(long sequenceNumber) => (int)(sequenceNumber >> CounterBits);

    /// <summary>Returns the next number of the partition of a message.</summary>
    /// <param name="key">What decides the partition; messages with an empty key go to each partition in turn.</param>
    public long Next(string key)
    {
        var partition = key.Length == 0 ? _withoutKey++ % partitions : (int)(Hash(key) % (uint)partitions);
        return ((long)partition << CounterBits) | ++_last[partition];
    }

    // FNV-1a: equal in every process, unlike that of the runtime.
    private static uint Hash(string key) =>
        key.Aggregate(2_166_136_261, static (hash, character) => unchecked((hash ^ character) * 16_777_619));
}
