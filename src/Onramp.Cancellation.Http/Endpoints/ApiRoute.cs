using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Contracts;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>One row of the table of routes: an address, who may use it, what it takes, and what answers.</summary>
public sealed class ApiRoute
{
    /// <summary>What stands before every address, on every host.</summary>
    public const string Prefix = "api";

    private static readonly ProblemType[] OfEvery = [ProblemType.InternalError, ProblemType.Stopping];
    private static readonly ProblemType[] OfCallers =
    [
        .. OfEvery,
        ProblemType.InvalidSignature,
        ProblemType.TooManyRequests,
        ProblemType.RepeatedHeader,
    ];
    private static readonly ProblemType[] OfBodies =
    [
        .. OfCallers,
        ProblemType.InvalidJson,
        ProblemType.InvalidRequest,
        ProblemType.InvalidIdempotencyKey,
        ProblemType.IncompleteBody,
        ProblemType.RequestTimeout,
        ProblemType.BodyTooLarge,
        ProblemType.UnsupportedMediaType,
        ProblemType.QueueUnavailable,
    ];

    private static readonly ApiHeader IdempotencyKey = new(
        Reading.IdempotencyKey.Header,
        "The request's id, 1 to 255 printable ASCII characters, in double quotes or without; repeating it is safe."
    );
    private static readonly ApiHeader[] Signature =
    [
        new("webhook-id", "Standard Webhooks: the id of a signed request. An Idempotency-Key must be the same."),
        new("webhook-timestamp", "Standard Webhooks: when it was signed, in seconds since 1970."),
        new("webhook-signature", "Standard Webhooks: v1, and the signature in base64; several with a space between."),
    ];

    /// <summary>Cancels an order now, or puts the request on the queue.</summary>
    public static readonly ApiRoute CancelOrder = new(static (api, call, token) => api.Cancels.AnswerAsync(call, token))
    {
        Name = nameof(CancelOrder),
        Path = "orders/cancel",
        Methods = ["POST", "OPTIONS"],
        Body = BodyTiming.None,
        TakesEvents = true,
        SignsTarget = false,
        Summary = "Cancels an order; takes CloudEvents too.",
        RequestSchema = "cancel-request",
        RequestHeaders =
        [
            IdempotencyKey,
            new("Prefer", "respond-async: put the request on the queue and answer 202."),
            .. Signature,
        ],
        Successes =
        [
            new(200, "The order is cancelled; or the outcome of an event is final.", "outcome"),
            new(202, "The request waits on the queue.", "accepted", "Preference-Applied"),
        ],
        Problems =
        [
            .. OfBodies,
            ProblemType.InvalidEvent,
            ProblemType.OutcomeNotPublished,
            .. ProblemType.OfOutcomes,
            .. ProblemType.OfDeliveries,
        ],
    };

    /// <summary>Arms a stale-order timeout.</summary>
    public static readonly ApiRoute ArmOrderTimeout = new(
        static (api, call, token) => api.Timeouts.ArmAsync(call, token)
    )
    {
        Name = nameof(ArmOrderTimeout),
        Path = "orders/timeouts",
        Methods = ["POST"],
        Body = BodyTiming.Required,
        Summary = "Cancels an order later, if it is unpaid then.",
        RequestSchema = "timeout-request",
        RequestHeaders = [IdempotencyKey, .. Signature],
        Successes = [new(201, "The timeout is armed.", "armed", "Location")],
        Problems = OfBodies,
    };

    /// <summary>Disarms a stale-order timeout.</summary>
    public static readonly ApiRoute DisarmOrderTimeout = new(
        static (api, call, token) => api.Timeouts.DisarmAsync(call, token)
    )
    {
        Name = nameof(DisarmOrderTimeout),
        Path = "orders/timeouts/{timeoutId}",
        Methods = ["DELETE"],
        Summary = "Takes a timeout back before it fires.",
        RequestHeaders = Signature,
        Successes = [new(204, "The timeout is disarmed.")],
        Problems = [.. OfCallers, ProblemType.TimeoutNotFound, ProblemType.QueueUnavailable],
    };

    /// <summary>Tells whether the service can sign.</summary>
    public static readonly ApiRoute Health = new(static (api, _, _) => new(api.Health.Answer()))
    {
        Name = nameof(Health),
        Path = "health",
        Methods = ["GET", "HEAD"],
        IsAnonymous = true,
        Summary = "Tells whether this instance can sign.",
        Successes = [new(200, "It can.", "health")],
        Problems = [.. OfEvery, ProblemType.NotReady],
    };

    /// <summary>The contract of the HTTP side.</summary>
    public static readonly ApiRoute OpenApi = new(
        static (_, _, _) => new(new ApiResult(200, "application/json", ContractDocuments.OpenApiDocument))
    )
    {
        Name = nameof(OpenApi),
        Path = "openapi.json",
        Methods = ["GET", "HEAD"],
        IsAnonymous = true,
        Summary = "This document.",
        Successes = [new(200, "OpenAPI 3.1.")],
        Problems = OfEvery,
    };

    /// <summary>The contract of the queue and the topic.</summary>
    public static readonly ApiRoute AsyncApi = new(
        static (_, _, _) => new(new ApiResult(200, "application/json", ContractDocuments.AsyncApiDocument))
    )
    {
        Name = nameof(AsyncApi),
        Path = "asyncapi.json",
        Methods = ["GET", "HEAD"],
        IsAnonymous = true,
        Summary = "The contract of the queue and the topic.",
        Successes = [new(200, "AsyncAPI 3.0.")],
        Problems = OfEvery,
    };

    /// <summary>One schema of the contracts.</summary>
    public static readonly ApiRoute Schema = new(static (_, call, _) => new(SchemaOf(call)))
    {
        Name = nameof(Schema),
        Path = "schemas/{name}",
        Methods = ["GET", "HEAD"],
        IsAnonymous = true,
        Summary = "One JSON Schema, by its name, for example cancel-request.",
        Successes = [new(200, "JSON Schema 2020-12.")],
        Problems = [.. OfEvery, ProblemType.SchemaNotFound],
    };

    private ApiRoute(Func<OrderApi, ApiCall, CancellationToken, ValueTask<IResult>> answer) => Answer = answer;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [CancelOrder, ArmOrderTimeout, DisarmOrderTimeout, Health, OpenApi, AsyncApi, Schema];

    /// <summary>What the Functions host calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The address below <see cref="Prefix"/>, as a route template.</summary>
    public required string Path { get; init; }

    /// <summary>The address as spans name it.</summary>
    internal string Template => field ??= $"/{Prefix}/{Path}";

    /// <summary>What the span of a request is called.</summary>
    internal string SpanName => field ??= $"{Methods[0]} {Template}";

    /// <summary>The methods that it takes; a host hands over every method, and the others are answered 405.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Whether it needs no key. Default false.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Whether the body says when; null where there is no body.</summary>
    public BodyTiming? Body { get; init; }

    /// <summary>
    /// The route that takes a body with a time if this one does not, or one without if this one needs it; null for
    /// none.
    /// </summary>
    internal ApiRoute? Other =>
        Body switch
        {
            BodyTiming.None => ArmOrderTimeout,
            BodyTiming.Required => CancelOrder,
            BodyTiming.Optional or null => null,
        };

    /// <summary>Whether the body may be a CloudEvent, whose senders ask first by OPTIONS. Default false.</summary>
    public bool TakesEvents { get; init; }

    /// <summary>
    /// Whether a caller's signature covers method, path and query too. Default true. Standard Webhooks covers id,
    /// timestamp and body alone: enough where senders of other people's webhooks deliver, and nowhere else.
    /// </summary>
    public bool SignsTarget { get; init; } = true;

    /// <summary>What the body may be; empty where there is none.</summary>
    public IReadOnlyList<string> MediaTypes =>
        Body is null ? []
        : TakesEvents ? ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"]
        : ["application/json"];

    /// <summary>What it does, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The schema of a JSON body; null where there is no body.</summary>
    public string? RequestSchema { get; init; }

    /// <summary>The request headers that mean something to it, beside those of every request.</summary>
    public IReadOnlyList<ApiHeader> RequestHeaders { get; init; } = [];

    /// <summary>Its answers when nothing is wrong.</summary>
    public required IReadOnlyList<ApiSuccess> Successes { get; init; }

    /// <summary>Its answers when something is.</summary>
    public required IReadOnlyList<ProblemType> Problems { get; init; }

    internal Func<OrderApi, ApiCall, CancellationToken, ValueTask<IResult>> Answer { get; }

    private static IResult SchemaOf(ApiCall call) =>
        ContractDocuments.Schema(call.Context.GetRouteValue("name") as string) is { } schema
            ? new ApiResult(200, "application/schema+json", schema)
            : Answers.Problems.SchemaNotFound();
}
