using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// One row of the table of routes: a path, its methods, who may call it and what body it accepts. Answers and headers
/// are in <c>Contracts/openapi.json</c>; tests compare the two.
/// </summary>
public sealed class ApiRoute
{
    /// <summary>The first path segment of every route, on every host.</summary>
    public const string Prefix = "api";

    /// <summary>Cancels an order now, or puts the request on the queue.</summary>
    public static readonly ApiRoute CancelOrder = new()
    {
        Operation = ApiOperation.CancelOrder,
        Path = "orders/cancel",
        Methods = ["POST", "OPTIONS"],
        Body = BodyKind.Cancel,
        TakesEvents = true,
        SignsTarget = false,
    };

    /// <summary>Arms or moves the caller's timeout on an order, shows it or disarms it.</summary>
    public static readonly ApiRoute OrderTimeout = new()
    {
        Operation = ApiOperation.OrderTimeout,
        Path = "orders/{order}/timeout",
        Methods = ["PUT", "GET", "HEAD", "DELETE"],
        Body = BodyKind.Timeout,
    };

    /// <summary>The outcomes of an order, the newest first.</summary>
    public static readonly ApiRoute OrderOutcomes = new()
    {
        Operation = ApiOperation.OrderOutcomes,
        Path = "orders/{order}/outcomes",
        Methods = ["GET", "HEAD"],
    };

    /// <summary>The state of a request.</summary>
    public static readonly ApiRoute RequestState = new()
    {
        Operation = ApiOperation.RequestState,
        Path = "requests/{id}",
        Methods = ["GET", "HEAD"],
    };

    /// <summary>Reports whether the service can sign.</summary>
    public static readonly ApiRoute Health = Public(ApiOperation.Health, "health");

    /// <summary>The contract of the HTTP API.</summary>
    public static readonly ApiRoute OpenApi = Public(ApiOperation.OpenApi, "openapi.json");

    /// <summary>The contract of the queue and the topic.</summary>
    public static readonly ApiRoute AsyncApi = Public(ApiOperation.AsyncApi, "asyncapi.json");

    /// <summary>One schema of the contracts.</summary>
    public static readonly ApiRoute Schema = Public(ApiOperation.Schema, "schemas/{name}");

    private Dictionary<string, string>? _spanNames;

    private ApiRoute() { }

    /// <summary>Every route.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [CancelOrder, OrderTimeout, OrderOutcomes, RequestState, Health, OpenApi, AsyncApi, Schema];

    /// <summary>What the caller asks for.</summary>
    public required ApiOperation Operation { get; init; }

    /// <summary>The path below <see cref="Prefix"/>, as a route template.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The methods that it accepts. Hosts pass on requests of every method; the others are answered with 405.
    /// </summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Whether it needs no key. Default false.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>What the body of <c>POST</c> or <c>PUT</c> is for; null for a route without one.</summary>
    public BodyKind? Body { get; init; }

    /// <summary>
    /// Whether the body may be a CloudEvent, whose senders ask for permission with OPTIONS first. Default false.
    /// </summary>
    public bool TakesEvents { get; init; }

    /// <summary>
    /// Whether a caller's signature covers method, path and query too. Default true. Standard Webhooks covers only id,
    /// timestamp and body: that is accepted only where webhooks of other systems are delivered.
    /// </summary>
    public bool SignsTarget { get; init; } = true;

    /// <summary>The media types of the body; empty where there is none.</summary>
    public IReadOnlyList<string> MediaTypes =>
        (Body, TakesEvents) switch
        {
            (null, _) => [],
            (_, true) => ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"],
            (_, false) => ["application/json"],
        };

    /// <summary>The path as spans name it.</summary>
    internal string Template => field ??= $"/{Prefix}/{Path}";

    /// <summary>
    /// Where to send a body that says when to cancel, if this route cancels at once, or the other way round; null where
    /// there is no such place.
    /// </summary>
    internal string? OtherPlace =>
        Body switch
        {
            BodyKind.Cancel => OrderTimeout.SpanName("PUT"),
            BodyKind.Timeout => CancelOrder.SpanName("POST"),
            BodyKind.Message or null => null,
        };

    /// <summary>The name of the span of a request with one of the methods.</summary>
    internal string SpanName(string method)
    {
        _spanNames ??= Methods.ToDictionary(static name => name, name => $"{name} {Template}");
        return _spanNames[method];
    }

    /// <summary>Whether a request with one of the methods has a body.</summary>
    internal bool HasBody(string method) => Body is not null && method is "POST" or "PUT";

    private static ApiRoute Public(ApiOperation operation, string path) =>
        new()
        {
            Operation = operation,
            Path = path,
            Methods = ["GET", "HEAD"],
            IsAnonymous = true,
        };
}
