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
        Body = BodyTiming.None,
        TakesEvents = true,
        SignsTarget = false,
    };

    /// <summary>Arms a stale-order timeout.</summary>
    public static readonly ApiRoute ArmOrderTimeout = new()
    {
        Operation = ApiOperation.ArmOrderTimeout,
        Path = "orders/timeouts",
        Methods = ["POST"],
        Body = BodyTiming.Required,
    };

    /// <summary>Disarms a stale-order timeout.</summary>
    public static readonly ApiRoute DisarmOrderTimeout = new()
    {
        Operation = ApiOperation.DisarmOrderTimeout,
        Path = "orders/timeouts/{timeoutId}",
        Methods = ["DELETE"],
    };

    /// <summary>Reports whether the service can sign.</summary>
    public static readonly ApiRoute Health = Public(ApiOperation.Health, "health");

    /// <summary>The contract of the HTTP API.</summary>
    public static readonly ApiRoute OpenApi = Public(ApiOperation.OpenApi, "openapi.json");

    /// <summary>The contract of the queue and the topic.</summary>
    public static readonly ApiRoute AsyncApi = Public(ApiOperation.AsyncApi, "asyncapi.json");

    /// <summary>One schema of the contracts.</summary>
    public static readonly ApiRoute Schema = Public(ApiOperation.Schema, "schemas/{name}");

    private ApiRoute() { }

    /// <summary>Every route.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [CancelOrder, ArmOrderTimeout, DisarmOrderTimeout, Health, OpenApi, AsyncApi, Schema];

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

    /// <summary>Whether the body says when to cancel; null where there is no body.</summary>
    public BodyTiming? Body { get; init; }

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

    /// <summary>The name of a request's span.</summary>
    internal string SpanName => field ??= $"{Methods[0]} {Template}";

    /// <summary>
    /// The route for a body with a time, if this one accepts none, or for a body without one, if this one requires it;
    /// null where there is no such pair.
    /// </summary>
    internal ApiRoute? Other =>
        Body switch
        {
            BodyTiming.None => ArmOrderTimeout,
            BodyTiming.Required => CancelOrder,
            BodyTiming.Optional or null => null,
        };

    private static ApiRoute Public(ApiOperation operation, string path) =>
        new()
        {
            Operation = operation,
            Path = path,
            Methods = ["GET", "HEAD"],
            IsAnonymous = true,
        };
}
