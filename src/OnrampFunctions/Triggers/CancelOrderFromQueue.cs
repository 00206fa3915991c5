using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation;

namespace OnrampFunctions.Triggers;

/// <summary>The Service Bus trigger: one message of the queue, peek-locked, settled explicitly.</summary>
public sealed partial class CancelOrderFromQueue(CancelMessageHandler handler, TimeProvider time, ILogger<CancelOrderFromQueue> logger)
{
    // With the longest handling it stays inside the functionTimeout of host.json.
    private static readonly TimeSpan SettlementTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Handles a message and settles it as the core says.</summary>
    [Function("CancelOrderFromQueue")]
    public async Task RunAsync(
        [ServiceBusTrigger("%CancelRequestsQueue%", Connection = "ServiceBus", AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(actions);
        var settlement = TryRead(message, out var body)
            ? await handler.HandleAsync(ToInbound(message, body), cancellationToken)
            : Settlement.DeadLetter("InvalidMessage", "The body is not an AMQP data section: send it as bytes.");
        try
        {
            await SettleAsync(settlement, message, actions).WaitAsync(SettlementTimeout, time, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The lock is lost or the broker is away: the message is delivered again, and handling it again is safe.
            Log.NotSettled(logger, settlement.Kind, message.SequenceNumber, message.DeliveryCount, exception);
        }
    }

    // What has been done is settled even while the host stops: without a token.
    private static Task SettleAsync(Settlement settlement, ServiceBusReceivedMessage message, ServiceBusMessageActions actions) => settlement.Kind switch
    {
        SettlementKind.Complete => actions.CompleteMessageAsync(message, CancellationToken.None),
        SettlementKind.DeadLetter => actions.DeadLetterMessageAsync(
            message, settlement.Properties?.ToDictionary(), settlement.Reason, settlement.Description, CancellationToken.None),
        _ => actions.AbandonMessageAsync(message, settlement.Properties?.ToDictionary(), CancellationToken.None),
    };

    /// <summary>The SDK refuses to read the body of a message that some other AMQP library sent as a value or a sequence.</summary>
    private static bool TryRead(ServiceBusReceivedMessage message, out ReadOnlyMemory<byte> body)
    {
        try
        {
            body = message.Body.ToMemory();
            return true;
        }
        catch (NotSupportedException)
        {
            body = default;
            return false;
        }
    }

    private static InboundMessage ToInbound(ServiceBusReceivedMessage message, ReadOnlyMemory<byte> body) => new()
    {
        MessageId = message.MessageId,
        CorrelationId = message.CorrelationId,
        Subject = message.Subject,
        ContentType = message.ContentType,
        Body = body,
        Properties = message.ApplicationProperties,
        SequenceNumber = message.SequenceNumber,
        EnqueuedTime = message.EnqueuedTime,
    };

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Warning, "Could not settle ({Settlement}) message {SequenceNumber}, delivery {DeliveryCount}: it will be delivered again")]
        public static partial void NotSettled(ILogger logger, SettlementKind settlement, long sequenceNumber, int deliveryCount, Exception exception);
    }
}
