using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;

namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// When a namespace rejects a client without the role: when it sends the token, or when it attaches a link.
/// </summary>
public enum Refusal
{
    Token,
    Link,
}

/// <summary>A namespace that denies everything.</summary>
public sealed class RefusingNamespace : IRuntimeProvider, IDisposable
{
    private static readonly AmqpVersion Version = new(1, 0, 0);

    private readonly Refusal _refusal;
    private readonly AmqpSettings _settings = new();
    private readonly AmqpTransportListener _listener;
    private readonly int _port = InstalledProgram.FreePort();
    private SendingAmqpLink? _answers;

    public RefusingNamespace(Refusal refusal)
    {
        _refusal = refusal;
        SaslTransportProvider sasl = new();
        sasl.Versions.Add(Version);
        sasl.AddHandler(new SaslAnonymousHandler("MSSBCBS"));
        AmqpTransportProvider amqp = new();
        amqp.Versions.Add(Version);
        _settings.TransportProviders.Add(sasl);
        _settings.TransportProviders.Add(amqp);
        _settings.RuntimeProvider = this;
        _listener = new AmqpTransportListener(
            [new TcpTransportListener(new TcpTransportSettings { Host = "localhost", Port = _port })],
            _settings
        );
        _listener.Open();
        _listener.Listen(
            (_, accepted) =>
                new AmqpConnection(
                    accepted.Transport,
                    (ProtocolHeader)accepted.UserToken,
                    false,
                    _settings,
                    new AmqpConnectionSettings { ContainerId = "refusing" }
                ).BeginOpen(OperatorSession.Patience, static _ => { }, null)
        );
    }

    public string ConnectionString =>
        $"Endpoint=sb://localhost:{_port};SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=true;";

    public void Dispose() => _listener.Abort();

    AmqpLink ILinkFactory.CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        var address =
            $"{(settings.IsReceiver() ? ((Target)settings.Target).Address : ((Source)settings.Source).Address)}";
        if (address != "$cbs")
        {
            throw new AmqpException(
                AmqpErrorCode.UnauthorizedAccess,
                "Unauthorized access. 'Listen' claim(s) are required to perform this operation."
            );
        }

        if (!settings.IsReceiver())
        {
            return _answers = new SendingAmqpLink(session, settings);
        }

        ReceivingAmqpLink requests = new(session, settings);
        requests.RegisterMessageListener(request =>
        {
            requests.DisposeDelivery(request, settled: true, AmqpConstants.AcceptedOutcome);
            var answer = AmqpMessage.Create();
            answer.Properties.CorrelationId = request.Properties.MessageId;
            answer.ApplicationProperties.Map["status-code"] = _refusal == Refusal.Token ? 401 : 202;
            answer.ApplicationProperties.Map["status-description"] =
                "Unauthorized access. 'Listen' claim(s) are required to perform this operation.";
            _answers!.SendMessageNoWait(
                answer,
                new ArraySegment<byte>(Guid.NewGuid().ToByteArray()),
                AmqpConstants.NullBinary
            );
        });
        return requests;
    }

    IAsyncResult ILinkFactory.BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state)
    {
        TaskCompletionSource opened = new(state);
        opened.SetResult();
        callback(opened.Task);
        return opened.Task;
    }

    void ILinkFactory.EndOpenLink(IAsyncResult result) { }

    AmqpSession ISessionFactory.CreateSession(AmqpConnection connection, AmqpSessionSettings settings) =>
        new(connection, settings, this);

    AmqpConnection IConnectionFactory.CreateConnection(
        TransportBase transport,
        ProtocolHeader protocolHeader,
        bool isInitiator,
        AmqpSettings amqpSettings,
        AmqpConnectionSettings connectionSettings
    ) => throw new NotSupportedException();
}
