using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A link on which a client receives: messages are sent while the link has credit, and settlements come back.
/// Receive-and-delete needs nothing special: the library reports deliveries on such a link as accepted.
/// </summary>
internal sealed class ReceiverLink : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ClientConnection _connection;
    private readonly MessageQueue _queue;
    private readonly SendingAmqpLink _link;
    private readonly Dictionary<Guid, LockedMessage> _unsettled = [];
    private CancellationTokenSource _receiving = new();
    private bool _isPumping;
    private bool _isClosed;

    private ReceiverLink(ClientConnection connection, SendingAmqpLink link, MessageQueue queue)
    {
        _connection = connection;
        _queue = queue;
        _link = link;
        link.RegisterCreditListener((_, _, _) => Pump());
        link.RegisterDispositionListener(OnDisposition);
    }

    public static (SendingAmqpLink Link, ReceiverLink Receiver) Open(
        ClientConnection connection,
        AmqpSession session,
        AmqpLinkSettings settings,
        MessageQueue queue
    )
    {
        SendingAmqpLink link = new(session, settings);
        return (link, new ReceiverLink(connection, link, queue));
    }

    /// <summary>Sends the available messages and uses up the remaining credit.</summary>
    public void Drain()
    {
        CancellationTokenSource drained;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            SendReady();
            LinkDrain.UseUpCredit(_link);
            drained = _receiving;
            _receiving = new CancellationTokenSource();
        }

        drained.Cancel();
        drained.Dispose();
    }

    /// <summary>
    /// Stops delivering and, if the client detached the link, returns unsettled messages to the queue. After a lost
    /// connection, or a link that was detached here, the client may still settle by lock token, so the locks remain
    /// until they expire.
    /// </summary>
    public void Dispose()
    {
        LockedMessage[] unsettled;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            unsettled = _connection.HasLost(_link) ? [] : [.. _unsettled.Values];
            _unsettled.Clear();
        }

        _receiving.Cancel();
        _receiving.Dispose();
        foreach (var message in unsettled)
        {
            _queue.TryRelease(message);
        }
    }

    private bool IsReceiveAndDelete => _link.Settings.SettleType == SettleMode.SettleOnSend;

    private bool CanSend => !_isClosed && _link.LinkCredit > 0 && _unsettled.Count < AmqpLimits.MaxUnsettled;

    private void Pump()
    {
        bool startsPump;
        lock (_gate)
        {
            SendReady();
            startsPump = CanSend && !_isPumping;
            _isPumping |= startsPump;
        }

        if (startsPump)
        {
            _ = PumpAsync();
        }
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            CancellationToken receiving;
            lock (_gate)
            {
                SendReady();
                if (!CanSend)
                {
                    _isPumping = false;
                    return;
                }

                receiving = _receiving.Token;
            }

            try
            {
                var message = await _queue.ReceiveAsync(receiving);
                lock (_gate)
                {
                    if (CanSend)
                    {
                        Send(message);
                    }
                    else
                    {
                        _queue.TryRelease(message);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Drained or closed: the start of the loop checks which.
            }
        }
    }

    private void SendReady()
    {
        while (CanSend && _queue.TryReceive() is { } message)
        {
            Send(message);
        }
    }

    private void Send(LockedMessage message)
    {
        _unsettled.Add(message.LockToken, message);
        var encoded = MessageWriter.Write(message, isLocked: !IsReceiveAndDelete);
        var transfer = AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([encoded]), payloadInitialized: true);
        _link.SendMessageNoWait(transfer, message.LockToken.ToByteArray(), AmqpConstants.NullBinary);
        _connection.TryBreak(_link, message.Message.MessageId);
    }

    private void OnDisposition(Delivery delivery)
    {
        if (delivery.State is null or Received)
        {
            return;
        }

        LockedMessage? message;
        bool wasAtLimit;
        lock (_gate)
        {
            wasAtLimit = _unsettled.Count >= AmqpLimits.MaxUnsettled;
            _unsettled.Remove(new Guid(delivery.DeliveryTag), out message);
        }

        DeliveryState answer;
        try
        {
            // Accepted confirms every outcome: clients throw when they read their own rejection.
            answer =
                message is not null && Settlement.Settle(_queue, message, OutcomeOf(delivery))
                    ? AmqpConstants.AcceptedOutcome
                    : new Rejected { Error = AmqpErrors.LockLost().Error };
        }
        catch (AmqpException exception)
        {
            answer = new Rejected { Error = exception.Error };
        }

        if (!delivery.Settled)
        {
            _link.DisposeDelivery(delivery, settled: true, answer);
        }

        if (wasAtLimit)
        {
            Pump();
        }
    }

    /// <summary>
    /// The outcome that the client sent. For a delivery that is settled while it is still being sent, the library
    /// reports "accepted" (always this object) and loses the real outcome: such a message is delivered again instead of
    /// completed.
    /// </summary>
    private DeliveryState OutcomeOf(Delivery delivery) =>
        ReferenceEquals(delivery.State, AmqpConstants.AcceptedOutcome) && !IsReceiveAndDelete
            ? AmqpConstants.ReleasedOutcome
            : delivery.State;
}
