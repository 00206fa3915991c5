namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// The names used in telemetry. They are contracts, like the names on the wire: tests compare alerts, the workbook and
/// documents with them.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Source = "Onramp.Cancellation";

    /// <summary>The outcome of a request, as in its event.</summary>
    public const string Outcome = "outcome";

    /// <summary>The trigger of a request, as in its event.</summary>
    public const string Trigger = "trigger";

    /// <summary>Why something failed, from a small set of words; absent after a success.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The vendor's name of an operation.</summary>
    public const string Operation = "operation";

    /// <summary>The kind of the provider's reply.</summary>
    public const string Reply = "reply";

    /// <summary>The status of an HTTP answer; absent without an answer.</summary>
    public const string StatusCode = "http.response.status_code";

    /// <summary>The number of the delivery in the schedule; 1 is the first.</summary>
    public const string Delivery = "delivery";

    /// <summary>What happened to a timeout, from a small set of words.</summary>
    public const string Event = "event";

    /// <summary>Which limit of calls a second a call waited for, from a small set of words.</summary>
    public const string Limit = "limit";

    /// <summary>How long a call waited for its permit before it began, in seconds; absent if it did not.</summary>
    public const string PermitWait = "onramp.permit.wait";

    /// <summary>The id of the request that a span belongs to.</summary>
    public const string RequestId = "onramp.request.id";

    /// <summary>The order that a span is about; a hash is left out.</summary>
    public const string Order = "onramp.order";

    /// <summary>Attempts at the provider.</summary>
    public const string Attempts = "onramp.attempts";

    /// <summary>How a message was settled.</summary>
    public const string Settlement = "onramp.settlement";

    /// <summary>The method of an HTTP request.</summary>
    public const string Method = "http.request.method";

    /// <summary>The route of an incoming HTTP request.</summary>
    public const string Route = "http.route";

    /// <summary>The path of an incoming HTTP request; absent when the route has a parameter.</summary>
    public const string Path = "url.path";

    /// <summary>http or https.</summary>
    public const string Scheme = "url.scheme";

    /// <summary>The address of an outgoing HTTP request.</summary>
    public const string Url = "url.full";

    /// <summary>The path of an operation of the provider.</summary>
    public const string UrlTemplate = "url.template";

    /// <summary>The host of an outgoing HTTP request.</summary>
    public const string Server = "server.address";

    /// <summary>The port of an outgoing HTTP request.</summary>
    public const string Port = "server.port";

    /// <summary>The kind of broker.</summary>
    public const string MessagingSystem = "messaging.system";

    /// <summary>The queue or the topic.</summary>
    public const string Destination = "messaging.destination.name";

    /// <summary>The operation on a message: process or send.</summary>
    public const string OperationType = "messaging.operation.type";

    /// <summary>The client's name for that operation.</summary>
    public const string OperationName = "messaging.operation.name";

    /// <summary>The id of a message.</summary>
    public const string MessageId = "messaging.message.id";

    /// <summary>The id of the request that messages have in common.</summary>
    public const string ConversationId = "messaging.message.conversation_id";

    /// <summary>How often the broker has delivered a message.</summary>
    public const string DeliveryCount = "messaging.servicebus.message.delivery_count";
}
