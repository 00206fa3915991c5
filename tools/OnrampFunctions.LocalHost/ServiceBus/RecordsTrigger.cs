using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>
/// Plays the part of the app's trigger on the subscription from which outcomes are recorded. It takes them from the
/// broker itself: over AMQP, receiving an outcome again would cost this process more than the whole cancel.
/// </summary>
internal sealed class RecordsTrigger(
    LocalBroker broker,
    OutcomeDispatcher dispatcher,
    WorkInProgress work,
    int receivers,
    TimeProvider clock
) : BackgroundService
{
    private readonly MessageQueue _records = broker.Records;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, receivers).Select(_ => ReceiveAsync()));

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                await HandleAsync(await _records.ReceiveAsync(work.Closing));
            }
        }
        catch (OperationCanceledException) when (work.Closing.IsCancellationRequested)
        {
            // Expected: the host stops.
        }
    }

    /// <summary>Dispatches an outcome, and renews its lock until that has completed or the lock is lost.</summary>
    private async Task HandleAsync(LockedMessage message)
    {
        var handling = dispatcher.DispatchAsync(message.ToInbound(), new BrokerActions(_records, message));
        while (!handling.IsCompleted)
        {
            var half = (message.LockedUntil - clock.GetUtcNow()) / 2;
            await handling
                .WaitAsync(half > TimeSpan.Zero ? half : TimeSpan.Zero, clock, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!handling.IsCompleted && !_records.TryRenewLock(message))
            {
                break;
            }
        }

        await handling;
    }

    private sealed class BrokerActions(MessageQueue queue, LockedMessage message) : IMessageActions
    {
        public Task CompleteAsync(CancellationToken cancellationToken) => Check(queue.TryComplete(message));

        public Task AbandonAsync(Dictionary<string, object>? properties, CancellationToken cancellationToken) =>
            Check(queue.TryAbandon(message, Nullable(properties)));

        public Task DeadLetterAsync(
            Dictionary<string, object>? properties,
            string? reason,
            string? description,
            CancellationToken cancellationToken
        ) => Check(queue.TryDeadLetter(message, reason, description, Nullable(properties)));

        private static Task Check(bool isSettled) =>
            isSettled
                ? Task.CompletedTask
                : Task.FromException(
                    new ServiceBusException("The lock was lost.", ServiceBusFailureReason.MessageLockLost)
                );

        private static Dictionary<string, object?>? Nullable(Dictionary<string, object>? properties) =>
            properties?.ToDictionary(static property => property.Key, static property => (object?)property.Value);
    }
}
