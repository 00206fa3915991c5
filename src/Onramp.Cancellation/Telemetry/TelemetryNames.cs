namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// The names by which telemetry is found: contracts, like those on the wire. Alerts, the workbook and documents are
/// tested against them.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The meter and the source of the activities, for whoever collects them.</summary>
    public const string Source = "Onramp.Cancellation";

    /// <summary>How a request ended: the <c>outcome</c> of its event.</summary>
    public const string Outcome = "outcome";

    /// <summary>What asked: the <c>trigger</c> of its event.</summary>
    public const string Trigger = "trigger";

    /// <summary>Why something failed, one of few words; absent where nothing did.</summary>
    public const string ErrorType = "error.type";

    /// <summary>What the vendor calls an operation.</summary>
    public const string Operation = "operation";

    /// <summary>What an answer of the provider amounts to.</summary>
    public const string Reply = "reply";

    /// <summary>The status of an HTTP answer; absent where none came.</summary>
    public const string StatusCode = "http.response.status_code";

    /// <summary>Which delivery by the schedule it is; 1 is the first.</summary>
    public const string Delivery = "delivery";

    /// <summary>The id of the request that a span belongs to.</summary>
    public const string RequestId = "onramp.request.id";

    /// <summary>The order that a span is about; a hash stays out.</summary>
    public const string Order = "onramp.order";

    /// <summary>Attempts at the provider.</summary>
    public const string Attempts = "onramp.attempts";

    /// <summary>How a message was settled.</summary>
    public const string Settlement = "onramp.settlement";

    /// <summary>The method of an HTTP request.</summary>
    public const string Method = "http.request.method";

    /// <summary>The route of an HTTP request that came in.</summary>
    public const string Route = "http.route";

    /// <summary>The path of an HTTP request that came in; absent where a part of it is a parameter.</summary>
    public const string Path = "url.path";

    /// <summary>http or https.</summary>
    public const string Scheme = "url.scheme";

    /// <summary>The address of an HTTP request that went out.</summary>
    public const string Url = "url.full";

    /// <summary>The path of an operation of the provider.</summary>
    public const string UrlTemplate = "url.template";

    /// <summary>Whom an HTTP request went to.</summary>
    public const string Server = "server.address";

    /// <summary>And at which port.</summary>
    public const string Port = "server.port";

    /// <summary>The kind of broker.</summary>
    public const string MessagingSystem = "messaging.system";

    /// <summary>The queue or the topic.</summary>
    public const string Destination = "messaging.destination.name";

    /// <summary>What is done with a message: process or send.</summary>
    public const string OperationType = "messaging.operation.type";

    /// <summary>The same by the client's name for it.</summary>
    public const string OperationName = "messaging.operation.name";

    /// <summary>The id of a message.</summary>
    public const string MessageId = "messaging.message.id";

    /// <summary>What ties messages of one request together.</summary>
    public const string ConversationId = "messaging.message.conversation_id";

    /// <summary>How often the broker has handed out a message.</summary>
    public const string DeliveryCount = "messaging.servicebus.message.delivery_count";
}
