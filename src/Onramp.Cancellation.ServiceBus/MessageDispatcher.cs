using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Queueing;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>The one way that every message of the queue goes, on every host: read, handled by the core, settled as the core says.</summary>
public sealed partial class MessageDispatcher(CancelMessageHandler handler, TimeProvider time, ILogger<MessageDispatcher> logger)
{
    /// <summary>How long settling one message may take. With the longest handling it stays inside the functionTimeout of host.json.</summary>
    public static readonly TimeSpan SettlementTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Handles a message and settles it. Throws nothing that settling throws: the message is delivered again then, which is safe.</summary>
    public async Task DispatchAsync(ServiceBusReceivedMessage message, IMessageActions actions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(actions);
        var settlement = message.TryToInbound(out var inbound)
            ? await handler.HandleAsync(inbound, cancellationToken)
            : Settlement.Invalid("The body is not an AMQP data section: send it as bytes.");
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

    private static Task SettleAsync(Settlement settlement, IMessageActions actions) => settlement.Kind switch
    {
        SettlementKind.Complete => actions.CompleteAsync(CancellationToken.None),
        SettlementKind.DeadLetter => actions.DeadLetterAsync(settlement.Properties?.ToDictionary(), settlement.Reason, settlement.Description, CancellationToken.None),
        SettlementKind.Abandon => actions.AbandonAsync(settlement.Properties?.ToDictionary(), CancellationToken.None),
    };

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Warning, "Could not settle ({Settlement}) message {SequenceNumber}, delivered {DeliveryCount} times: it will be delivered again")]
        public static partial void NotSettled(ILogger logger, SettlementKind settlement, long sequenceNumber, int deliveryCount, Exception exception);
    }
}
