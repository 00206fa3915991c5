using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A client receives: messages go out while the link has credit, settlements come back. A receiver that wants them
/// deleted at once needs nothing of its own: the library reports what it has sent on such a link as accepted.
/// </summary>
internal sealed class ReceiverLink : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ClientConnection _connection;
    private readonly MessageQueue _queue;
    private readonly SendingAmqpLink _link;
    private readonly Dictionary<Guid, LockedMessage> _unsettled = [];
    private CancellationTokenSource _waiting = new();
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

    /// <summary>Sends what is there, and uses up the rest of the credit.</summary>
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
            drained = _waiting;
            _waiting = new CancellationTokenSource();
        }

        drained.Cancel();
        drained.Dispose();
    }

    /// <summary>
    /// Ends with the link, and gives back what the client has not settled if it was the client that detached it. After
    /// a lost connection, or a link that was detached here, it may still settle by the lock tokens: then the locks stay
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

        _waiting.Cancel();
        _waiting.Dispose();
        foreach (var message in unsettled)
        {
            _queue.TryRelease(message);
        }
    }

    private bool DeletesAtOnce => _link.Settings.SettleType == SettleMode.SettleOnSend;

    private bool MaySend => !_isClosed && _link.LinkCredit > 0 && _unsettled.Count < AmqpLimits.MaxUnsettled;

    private void Pump()
    {
        bool startsPump;
        lock (_gate)
        {
            SendReady();
            startsPump = MaySend && !_isPumping;
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
            CancellationToken waiting;
            lock (_gate)
            {
                SendReady();
                if (!MaySend)
                {
                    _isPumping = false;
                    return;
                }

                waiting = _waiting.Token;
            }

            try
            {
                var message = await _queue.ReceiveAsync(waiting);
                lock (_gate)
                {
                    if (MaySend)
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
                // Drained or closed: the beginning of the loop sees which.
            }
        }
    }

    private void SendReady()
    {
        while (MaySend && _queue.TryReceive() is { } message)
        {
            Send(message);
        }
    }

    private void Send(LockedMessage message)
    {
        _unsettled.Add(message.LockToken, message);
        var encoded = MessageWriter.Write(message, tellsLock: !DeletesAtOnce);
        var transfer = AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([encoded]), payloadInitialized: true);
        _link.SendMessageNoWait(transfer, message.LockToken.ToByteArray(), AmqpConstants.NullBinary);
        _connection.Interfere(_link, message.Message.MessageId);
    }

    private void OnDisposition(Delivery delivery)
    {
        if (delivery.State is null or Received)
        {
            return;
        }

        LockedMessage? message;
        bool wasFull;
        lock (_gate)
        {
            wasFull = _unsettled.Count >= AmqpLimits.MaxUnsettled;
            _unsettled.Remove(new Guid(delivery.DeliveryTag), out message);
        }

        DeliveryState answer;
        try
        {
            // Accepted says that it worked, whatever the outcome was: clients throw when they read their own rejection.
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

        if (wasFull)
        {
            Pump();
        }
    }

    /// <summary>
    /// What the client said. Of a delivery that it settles while it is still being sent, the library itself says
    /// "accepted" (always this one object) and has forgotten what the client said: such a message is delivered again
    /// rather than taken for completed.
    /// </summary>
    private DeliveryState OutcomeOf(Delivery delivery) =>
        ReferenceEquals(delivery.State, AmqpConstants.AcceptedOutcome) && !DeletesAtOnce
            ? AmqpConstants.ReleasedOutcome
            : delivery.State;
}
