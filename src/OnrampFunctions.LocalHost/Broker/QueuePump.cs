namespace OnrampFunctions.Local;

/// <summary>What the Service Bus trigger is in Azure: takes messages from the queue, has them handled, and settles them.</summary>
internal sealed partial class QueuePump(
    MessageBroker broker, CancelMessageHandler handler, WorkInProgress work, LocalSettings settings, TimeProvider clock, ILogger<QueuePump> logger) : IHostedLifecycleService
{
    private Task _receivers = Task.CompletedTask;

    // Only now can the simulator, which answers on the same port, be called.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _receivers = Task.WhenAll(Enumerable.Range(0, settings.Receivers).Select(_ => Task.Run(ReceiveAsync, CancellationToken.None)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _receivers.WaitAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var message = await broker.Requests.ReceiveAsync(work.Closing);
                if (!work.TryBegin())
                {
                    broker.Requests.TryAbandon(message);
                    return;
                }

                try
                {
                    // As the trigger does while a message is being handled.
                    using var renewal = clock.CreateTimer(_ => broker.Requests.TryRenewLock(message), null, settings.LockDuration / 2, settings.LockDuration / 2);
                    Settle(message, await handler.HandleAsync(BrokerMessages.ToInbound(message), work.Abandoned));
                }
                finally
                {
                    work.End();
                }
            }
        }
        catch (OperationCanceledException) when (work.Closing.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private void Settle(LockedMessage message, Settlement settlement)
    {
        var settled = settlement.Kind switch
        {
            SettlementKind.Complete => broker.Requests.TryComplete(message),
            SettlementKind.DeadLetter => broker.Requests.TryDeadLetter(message, settlement.Reason, settlement.Description, settlement.Properties),
            _ => broker.Requests.TryAbandon(message, settlement.Properties),
        };
        if (!settled)
        {
            Log.LockLost(logger, message.SequenceNumber);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Warning, "The lock of message number {SequenceNumber} was lost: it is delivered again")]
        public static partial void LockLost(ILogger logger, long sequenceNumber);
    }
}
