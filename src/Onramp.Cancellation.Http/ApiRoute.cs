using Microsoft.AspNetCore.Http;

namespace Onramp.Cancellation.Http;

/// <summary>One row of the table of routes: an address, who may use it, what it takes, and what answers.</summary>
public sealed class ApiRoute
{
    /// <summary>What stands before every address, on every host.</summary>
    public const string Prefix = "api";

    /// <summary>Cancels an order now, or puts the request on the queue.</summary>
    public static readonly ApiRoute CancelOrder = new(static (api, context, token) => api.Cancels.AnswerAsync(context, token))
    {
        Name = nameof(CancelOrder), Path = "orders/cancel", Methods = ["POST"],
    };

    /// <summary>Arms a stale-order timeout.</summary>
    public static readonly ApiRoute ArmOrderTimeout = new(static (api, context, token) => api.Timeouts.ArmAsync(context, token))
    {
        Name = nameof(ArmOrderTimeout), Path = "orders/timeouts", Methods = ["POST"],
    };

    /// <summary>Disarms a stale-order timeout.</summary>
    public static readonly ApiRoute DisarmOrderTimeout = new(static (api, context, token) => api.Timeouts.DisarmAsync(context, token))
    {
        Name = nameof(DisarmOrderTimeout), Path = "orders/timeouts/{timeoutId}", Methods = ["DELETE"],
    };

    /// <summary>Tells whether the service can sign.</summary>
    public static readonly ApiRoute Health = new(static (api, _, _) => new(api.Health.Answer()))
    {
        Name = nameof(Health), Path = "health", Methods = ["GET", "HEAD"], IsAnonymous = true,
    };

    private ApiRoute(Func<OrderApi, HttpContext, CancellationToken, ValueTask<IResult>> answer) => Answer = answer;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } = [CancelOrder, ArmOrderTimeout, DisarmOrderTimeout, Health];

    /// <summary>What the Functions host calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The address below <see cref="Prefix"/>, as a route template.</summary>
    public required string Path { get; init; }

    /// <summary>The methods that it takes; a host hands over every method, and the others are answered 405.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Whether it needs no key. Default false.</summary>
    public bool IsAnonymous { get; init; }

    internal Func<OrderApi, HttpContext, CancellationToken, ValueTask<IResult>> Answer { get; }
}
