namespace ServiceBusEmulator.Broker;

/// <summary>The number of messages in a queue, by state.</summary>
/// <param name="Ready">Can be received.</param>
/// <param name="Locked">Held by a receiver, including one whose lock was lost on purpose without its knowing.</param>
/// <param name="Scheduled">Not visible yet.</param>
public readonly record struct QueueCounts(int Ready, int Locked, int Scheduled)
{
    /// <summary>No message is ready or locked; there may be scheduled ones.</summary>
    public bool IsIdle => Ready == 0 && Locked == 0;
}
