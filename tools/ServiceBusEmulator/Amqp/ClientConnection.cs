using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transaction;
using Microsoft.Azure.Amqp.Transport;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>The connection of one client: decides what each attached link is for, and breaks on purpose.</summary>
internal sealed class ClientConnection : IRuntimeProvider
{
    private const string SessionFilter = "session-filter";

    private readonly MessageBroker _broker;
    private readonly IBrokerFaults _faults;
    private readonly ResponseLinks _responses = new();
    private readonly ConcurrentDictionary<AmqpLink, ReceiverLink> _receivers = [];
    private volatile bool _isDropped;
    private int _links;
    private long _incompleteBytes;

    public ClientConnection(
        MessageBroker broker,
        IBrokerFaults faults,
        TransportAsyncCallbackArgs accepted,
        AmqpSettings settings,
        AmqpConnectionSettings connectionSettings
    )
    {
        _broker = broker;
        _faults = faults;
        var own = settings.Clone();
        own.RuntimeProvider = this;
        var socket = (SocketTransport)accepted.UserToken2;
        var header = (ProtocolHeader)accepted.UserToken;
        Connection = new GuardedConnection(accepted.Transport, header, own, connectionSettings, socket)
        {
            SessionFactory = this,
        };
        socket.OnBroken(StopDeliveries);
    }

    public AmqpConnection Connection { get; }

    /// <summary>Whether a link ended against the will of its client.</summary>
    public bool HasLost(AmqpLink link) =>
        _isDropped
        || (link.TerminalException ?? link.Session.TerminalException ?? Connection.TerminalException) is not null;

    /// <summary>
    /// Injects a fault after a message was stored or delivered: breaks the link or the whole connection. Returns
    /// whether it did.
    /// </summary>
    public bool TryBreak(AmqpLink link, string messageId)
    {
        // Not within the library's callbacks, where it would deadlock.
        if (_faults.Hits(OperationFault.ConnectionDropped, messageId))
        {
            _isDropped = true;
            _ = Task.Run(Connection.Abort);
            return true;
        }

        if (_faults.Hits(OperationFault.LinkDetached, messageId))
        {
            _ = Task.Run(() => link.SafeClose(AmqpErrors.Detached()));
            return true;
        }

        return false;
    }

    /// <summary>Answers a drain of a link on which the client receives messages or responses.</summary>
    public void Drain(SendingAmqpLink link)
    {
        if (_receivers.TryGetValue(link, out var receiver))
        {
            receiver.Drain();
        }
        else
        {
            LinkDrain.UseUpCredit(link);
        }
    }

    /// <summary>Counts an attached link. A refused one counts until the connection ends.</summary>
    public bool TryCountLink() => Interlocked.Increment(ref _links) <= AmqpLimits.MaxLinks;

    /// <summary>Counts bytes of incomplete messages; negative when a message is complete.</summary>
    /// <exception cref="AmqpException">The limit is exceeded.</exception>
    public void CountIncomplete(long bytes)
    {
        if (Interlocked.Add(ref _incompleteBytes, bytes) > AmqpLimits.MaxIncompleteBytes && bytes > 0)
        {
            throw AmqpErrors.LimitExceeded($"{AmqpLimits.MaxIncompleteBytes} bytes of incomplete messages");
        }
    }

    /// <summary>Stops deliveries after the library has failed without closing its links.</summary>
    private void StopDeliveries()
    {
        _isDropped = true;
        foreach (var receiver in _receivers.Values)
        {
            receiver.Dispose();
        }

        _receivers.Clear();
    }

    AmqpLink ILinkFactory.CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        var link = CreateLink(session, settings);
        link.Closed += (_, _) => Interlocked.Decrement(ref _links);
        return link;
    }

    private AmqpLink CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        if (settings.Target is Coordinator)
        {
            throw AmqpErrors.NoTransactions();
        }

        // The receiver is this end of the link: the client sends.
        return settings.IsReceiver()
            ? CreateReceiving(session, settings, EntityAddress.Parse((settings.Target as Target)?.Address?.ToString()))
            : CreateSending(session, settings, EntityAddress.Parse((settings.Source as Source)?.Address?.ToString()));
    }

    IAsyncResult ILinkFactory.BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state)
    {
        TaskCompletionSource opened = new(state);
        opened.SetResult();
        callback(opened.Task);
        return opened.Task;
    }

    void ILinkFactory.EndOpenLink(IAsyncResult result) { }

    AmqpSession ISessionFactory.CreateSession(AmqpConnection connection, AmqpSessionSettings settings)
    {
        settings.HandleMax = AmqpLimits.MaxHandle;
        ClientSession session = new(connection, settings, this);
        session.Closed += (_, _) => session.ForgetAll();
        return session;
    }

    AmqpConnection IConnectionFactory.CreateConnection(
        TransportBase transport,
        ProtocolHeader protocolHeader,
        bool isInitiator,
        AmqpSettings amqpSettings,
        AmqpConnectionSettings connectionSettings
    ) => Connection;

    private ReceivingAmqpLink CreateReceiving(AmqpSession session, AmqpLinkSettings settings, EntityAddress address) =>
        address.Node switch
        {
            NodeKind.Tokens => RequestLink.Open(session, settings, _responses, TokenNode.AnswerAsync),
            NodeKind.Management => RequestLink.Open(
                session,
                settings,
                _responses,
                Management(address.Path).AnswerAsync
            ),
            NodeKind.Entity => SenderLink.Open(
                this,
                session,
                settings,
                FindDestination(address.Path)
                    ?? throw (
                        _broker.TryFind(address.Path, out _)
                            ? AmqpErrors.CannotSend(address.Path)
                            : AmqpErrors.NotFound(address.Path)
                    )
            ),
        };

    private SendingAmqpLink CreateSending(AmqpSession session, AmqpLinkSettings settings, EntityAddress address)
    {
        if (address.Node != NodeKind.Entity)
        {
            return _responses.Open(session, settings);
        }

        if (!_broker.TryFind(address.Path, out var queue))
        {
            throw _broker.TryFindDestination(address.Path, out _)
                ? AmqpErrors.CannotReceive(address.Path)
                : AmqpErrors.NotFound(address.Path);
        }

        var filters = (settings.Source as Source)?.FilterSet;
        if (filters is not null && filters.Any<KeyValuePair<MapKey, object>>(IsSessionFilter))
        {
            throw AmqpErrors.NoSessions();
        }

        var (link, receiver) = ReceiverLink.Open(this, session, settings, queue);
        _receivers[link] = receiver;
        link.Closed += (_, _) =>
        {
            _receivers.TryRemove(link, out _);
            receiver.Dispose();
        };
        return link;
    }

    private static bool IsSessionFilter(KeyValuePair<MapKey, object> filter) =>
        $"{filter.Key}".EndsWith(SessionFilter, StringComparison.Ordinal);

    private ManagementNode Management(string path)
    {
        var destination = FindDestination(path);
        return _broker.TryFind(path, out var queue) || _broker.TryFindDestination(path, out queue)
            ? new ManagementNode(this, queue, destination)
            : throw AmqpErrors.NotFound(path);
    }

    private Destination? FindDestination(string path) => Destination.Find(path, _broker, _faults);
}
