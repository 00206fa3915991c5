using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Queue;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// The one way that every message of the queue goes, on every host: read, handled by the core, settled as the core
/// says.
/// </summary>
public sealed partial class MessageDispatcher(
    CancelMessageHandler handler,
    WorkInProgress work,
    TimeProvider time,
    ILogger<MessageDispatcher> logger
)
{
    /// <summary>
    /// How long settling one message may take. With the longest handling it stays inside the functionTimeout of
    /// host.json.
    /// </summary>
    public static readonly TimeSpan SettlementTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Handles a message and settles it; leaves it alone once the host stops. Takes no token: the Functions host
    /// cancels that of a function as soon as it is asked to stop, and only <see cref="WorkInProgress"/> decides how
    /// long work in progress may take then. Does not throw when settling fails: the message is delivered again, which
    /// is safe.
    /// </summary>
    public async Task DispatchAsync(ServiceBusReceivedMessage message, IMessageActions actions)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(actions);
        if (!work.TryBegin())
        {
            // Not given back: it would come at once, again and again, until its deliveries are spent. It is delivered
            // again when its lock ends.
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
            // What has been done is settled even while the host stops: without its token.
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
            "Could not settle ({Settlement}) message {SequenceNumber}, delivered {DeliveryCount} times: it will be delivered again"
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
