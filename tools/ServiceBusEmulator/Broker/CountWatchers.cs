namespace ServiceBusEmulator.Broker;

/// <summary>Waits for the counts of a queue to satisfy a predicate.</summary>
internal sealed class CountWatchers
{
    private readonly List<(Func<QueueCounts, bool> Predicate, TaskCompletionSource Reached)> _watchers = [];

    public bool Any => _watchers.Count > 0;

    public Task Add(Func<QueueCounts, bool> predicate)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _watchers.Add((predicate, reached));
        return reached.Task;
    }

    public void Notify(QueueCounts counts) =>
        _watchers.RemoveAll(watcher =>
        {
            var isReached = watcher.Predicate(counts);
            if (isReached)
            {
                watcher.Reached.SetResult();
            }

            return isReached;
        });
}
