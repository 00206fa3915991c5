using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A link on which a client sends: every transfer is a message or a batch, and is answered when all of it is stored.
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

        // Clients size their batches by the maximum that the link advertises. The library itself would close the link
        // ten seconds after a larger message; this class rejects only the message.
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
            // Unlike the message's own method, this one does nothing on a closed link.
            transfer.Batchable = false;

            // A rejection is left to the client to settle: if it is answered before the client has recorded the
            // transfer, its library treats a settled delivery as accepted.
            _link.DisposeDelivery(transfer, settled: answer is Accepted, answer);
        }

        transfer.Dispose();
    }

    /// <summary>The outcome; null for no answer.</summary>
    private async Task<DeliveryState?> DecideAsync(AmqpMessage transfer)
    {
        try
        {
            await _destination.AdmitAsync(_closed);
            return TryStore(transfer) ? AmqpConstants.AcceptedOutcome : null;
        }
        catch (OperationCanceledException)
        {
            // The client has disconnected.
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new Rejected { Error = AmqpErrors.Of(exception) };
        }
    }

    /// <summary>Stores the messages; returns false when the client gets no answer on purpose.</summary>
    private bool TryStore(AmqpMessage transfer)
    {
        if (transfer.BytesTransfered > BrokerLimits.MaxMessageBytes)
        {
            throw AmqpErrors.TooLarge((int)transfer.BytesTransfered);
        }

        var isAnswered = true;
        foreach (var message in MessageReader.ReadAll(transfer.Payload(), transfer.MessageFormat))
        {
            _destination.Accept(message.Message, message.DueAt);
            isAnswered &= !_connection.TryBreak(_link, message.Message.MessageId);
        }

        return isAnswered;
    }
}
