namespace ServiceBusEmulator.Broker;

/// <summary>How many messages a queue holds, by what they are waiting for.</summary>
/// <param name="Ready">Waiting for a receiver.</param>
/// <param name="Locked">With a receiver, also one whose lock was lost on purpose and who does not know it yet.</param>
/// <param name="Scheduled">Waiting for their time.</param>
public readonly record struct QueueCounts(int Ready, int Locked, int Scheduled)
{
    /// <summary>Nothing waits for a receiver and no receiver works; scheduled messages may be left.</summary>
    public bool IsIdle => Ready == 0 && Locked == 0;
}
