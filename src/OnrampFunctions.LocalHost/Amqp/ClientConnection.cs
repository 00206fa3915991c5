using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transaction;
using Microsoft.Azure.Amqp.Transport;

namespace OnrampFunctions.Local.Amqp;

/// <summary>One client's connection: decides what each link that it attaches is, and can be made to break.</summary>
internal sealed class ClientConnection : IRuntimeProvider
{
    private const string AnySessionFilter = "session-filter";

    private readonly MessageBroker _broker;
    private readonly FaultInjector _faults;
    private readonly ResponseLinks _responses = new();
    private volatile bool _isDropped;

    public ClientConnection(MessageBroker broker, FaultInjector faults, TransportBase transport, ProtocolHeader header, AmqpSettings settings, AmqpConnectionSettings connectionSettings)
    {
        _broker = broker;
        _faults = faults;
        var own = settings.Clone();
        own.RuntimeProvider = this;
        Connection = new AmqpConnection(transport, header, isInitiator: false, own, connectionSettings);
    }

    public AmqpConnection Connection { get; }

    /// <summary>Whether a link ended otherwise than by its client's wish.</summary>
    public bool HasLost(AmqpLink link) =>
        _isDropped || (link.TerminalException ?? link.Session.TerminalException ?? Connection.TerminalException) is not null;

    /// <summary>
    /// Breaks the link, or the whole connection, if that shall happen now, and says whether it does. The message is with the broker, or with the client, already.
    /// </summary>
    public bool Interfere(AmqpLink link, string messageId)
    {
        // Never inside the library's own callbacks: it would wait for itself.
        if (_faults.HitsTry(FaultKind.ConnectionDropped, messageId))
        {
            _isDropped = true;
            _ = Task.Run(Connection.Abort);
            return true;
        }

        if (_faults.HitsTry(FaultKind.LinkDetached, messageId))
        {
            _ = Task.Run(() => link.SafeClose(AmqpErrors.Detached()));
            return true;
        }

        return false;
    }

    AmqpLink ILinkFactory.CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        if (settings.Target is Coordinator)
        {
            throw AmqpErrors.NoTransactions();
        }

        // "Receiver" is this end: there the client sends.
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

    void ILinkFactory.EndOpenLink(IAsyncResult result)
    {
    }

    AmqpSession ISessionFactory.CreateSession(AmqpConnection connection, AmqpSessionSettings settings) => new(connection, settings, this);

    AmqpConnection IConnectionFactory.CreateConnection(
        TransportBase transport, ProtocolHeader protocolHeader, bool isInitiator, AmqpSettings amqpSettings, AmqpConnectionSettings connectionSettings) => Connection;

    private ReceivingAmqpLink CreateReceiving(AmqpSession session, AmqpLinkSettings settings, EntityAddress address) => address.Node switch
    {
        AddressedNode.Tokens => RequestLink.Open(session, settings, _responses, TokenNode.AnswerAsync),
        AddressedNode.Management => RequestLink.Open(session, settings, _responses, Management(address.Path).AnswerAsync),
        AddressedNode.Entity => SenderLink.Open(this, session, settings, FindDestination(address.Path)
            ?? throw (_broker.TryFind(address.Path, out _) ? AmqpErrors.CannotSend(address.Path) : AmqpErrors.NotFound(address.Path))),
    };

    private SendingAmqpLink CreateSending(AmqpSession session, AmqpLinkSettings settings, EntityAddress address)
    {
        if (address.Node != AddressedNode.Entity)
        {
            return _responses.Open(session, settings);
        }

        if (!_broker.TryFind(address.Path, out var queue))
        {
            throw _broker.TryFindDestination(address.Path, out _) ? AmqpErrors.CannotReceive(address.Path) : AmqpErrors.NotFound(address.Path);
        }

        var filters = (settings.Source as Source)?.FilterSet;
        return filters is not null && filters.Any<KeyValuePair<Microsoft.Azure.Amqp.Encoding.MapKey, object>>(filter => $"{filter.Key}".EndsWith(AnySessionFilter, StringComparison.Ordinal))
            ? throw AmqpErrors.NoSessions()
            : ReceiverLink.Open(this, session, settings, queue);
    }

    private ManagementNode Management(string path)
    {
        var destination = FindDestination(path);
        return _broker.TryFind(path, out var queue) || _broker.TryFindDestination(path, out queue)
            ? new ManagementNode(this, queue, destination)
            : throw AmqpErrors.NotFound(path);
    }

    private Destination? FindDestination(string path) => Destination.Find(path, _broker, _faults);
}
