using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Queue;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Handles every message of the queue, on every host: reads it, lets the core handle it, and settles it accordingly.
/// </summary>
public sealed partial class MessageDispatcher(
    CancelMessageHandler handler,
    WorkInProgress work,
    TimeProvider time,
    ILogger<MessageDispatcher> logger
)
{
    /// <summary>
    /// How long settling one message may take. Together with the longest handling it is below the functionTimeout of
    /// host.json.
    /// </summary>
    public static readonly TimeSpan SettlementTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Handles a message and settles it, unless the host is stopping. It has no token parameter: the Functions host
    /// cancels a function's token as soon as it is asked to stop, but <see cref="WorkInProgress"/> decides how long
    /// in-flight work may continue. Does not throw when settling fails: the message is delivered again, which is safe.
    /// </summary>
    public async Task DispatchAsync(ServiceBusReceivedMessage message, IMessageActions actions)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(actions);
        if (!work.TryBegin())
        {
            // Not abandoned: it would be delivered again immediately, until it reaches the maximum delivery count. It
            // is delivered again when its lock expires.
            return;
        }

        try
        {
            await SettleAsync(await HandleAsync(message), message, actions);
        }
        finally
        {
            work.End();
        }
    }

    private Task<Settlement> HandleAsync(ServiceBusReceivedMessage message) =>
        handler.HandleAsync(message.ToInbound(), work.Abandoned);

    private async Task SettleAsync(Settlement settlement, ServiceBusReceivedMessage message, IMessageActions actions)
    {
        try
        {
            // No token: handled messages are settled even while the host stops.
            await SettleAsync(settlement, actions).WaitAsync(SettlementTimeout, time, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Log.NotSettled(logger, settlement.Kind, message.SequenceNumber, message.DeliveryCount, exception);
        }
    }

    private static Task SettleAsync(Settlement settlement, IMessageActions actions) =>
        settlement.Kind switch
        {
            SettlementKind.Complete => actions.CompleteAsync(CancellationToken.None),
            SettlementKind.DeadLetter => actions.DeadLetterAsync(
                settlement.Properties?.ToDictionary(),
                settlement.Reason,
                settlement.Description,
                CancellationToken.None
            ),
            SettlementKind.Abandon => actions.AbandonAsync(
                settlement.Properties?.ToDictionary(),
                CancellationToken.None
            ),
        };

    private static partial class Log
    {
        [LoggerMessage(
            701,
            LogLevel.Warning,
            "Could not settle message {SequenceNumber} ({Settlement}, delivery {DeliveryCount}); it will be delivered "
                + "again"
        )]
        public static partial void NotSettled(
            ILogger logger,
            SettlementKind settlement,
            long sequenceNumber,
            int deliveryCount,
            Exception exception
        );
    }
}
