using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A client sends: every transfer is a message or a batch, and is answered once the broker has all of it.
/// </summary>
internal sealed class SenderLink
{
    private readonly ClientConnection _connection;
    private readonly Destination _destination;
    private readonly ReceivingAmqpLink _link;
    private readonly CancellationToken _closed;

    private SenderLink(ClientConnection connection, ReceivingAmqpLink link, Destination destination)
    {
        _connection = connection;
        _destination = destination;
        _link = link;
        _closed = link.WhenClosed();
        link.RegisterMessageListener(transfer => _ = AnswerAsync(transfer));

        // Clients build their batches by the size that the link tells. The library itself would close the link over a
        // larger message, after ten seconds; refusing the message alone is this class's task.
        link.Opened += (_, _) => link.Settings.MaxMessageSize = 0;
    }

    public static ReceivingAmqpLink Open(
        ClientConnection connection,
        AmqpSession session,
        AmqpLinkSettings settings,
        Destination destination
    )
    {
        settings.MaxMessageSize = BrokerLimits.MaxMessageBytes;
        ReceivingAmqpLink link = new(session, settings);
        _ = new SenderLink(connection, link, destination);
        return link;
    }

    private async Task AnswerAsync(AmqpMessage transfer)
    {
        if (await DecideAsync(transfer) is { } answer)
        {
            // Unlike a message's, this disposal does nothing on a link that is closed already.
            transfer.Batchable = false;

            // A refusal is left to the client to settle: its library takes whatever is settled, when it is answered
            // before it has noted what it sent, for accepted.
            _link.DisposeDelivery(transfer, settled: answer is Accepted, answer);
        }

        transfer.Dispose();
    }

    /// <summary>What to answer; null for nothing.</summary>
    private async Task<DeliveryState?> DecideAsync(AmqpMessage transfer)
    {
        try
        {
            await _destination.AdmitAsync(_closed);
            return TryTake(transfer) ? AmqpConstants.AcceptedOutcome : null;
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for an answer any more.
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new Rejected { Error = AmqpErrors.Of(exception) };
        }
    }

    /// <summary>Gives the broker what came; false when the client shall not get an answer.</summary>
    private bool TryTake(AmqpMessage transfer)
    {
        if (transfer.BytesTransfered > BrokerLimits.MaxMessageBytes)
        {
            throw AmqpErrors.TooLarge((int)transfer.BytesTransfered);
        }

        var isAnswered = true;
        foreach (var message in MessageReader.ReadAll(transfer.Payload(), transfer.MessageFormat))
        {
            _destination.Accept(message.Message, message.DueAt);
            isAnswered &= !_connection.Interfere(_link, message.Message.MessageId);
        }

        return isAnswered;
    }
}
