using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>
/// The runtime operations of Service Bus's REST API: send a message, receive and delete one. A script written against
/// these routes works against Azure with another host and a token.
/// </summary>
public static class RestRoutes
{
    private static readonly string[] ReceivePaths =
    [
        "/{entity}",
        "/{entity}/$DeadLetterQueue",
        "/{entity}/subscriptions/{name}",
        "/{entity}/subscriptions/{name}/$DeadLetterQueue",
    ];

    /// <summary>Maps the routes; they match any entity name, so map them last.</summary>
    /// <param name="routes">Where to map them.</param>
    /// <param name="broker">The entities.</param>
    /// <param name="faults">What goes wrong on purpose; null for nothing.</param>
    /// <param name="stopping">Cancelled when waiting receivers should be answered because the host is stopping.</param>
    public static void MapServiceBus(
        this IEndpointRouteBuilder routes,
        MessageBroker broker,
        IBrokerFaults? faults,
        CancellationToken stopping
    )
    {
        faults ??= NoFaults.Instance;
        routes.MapPost("/{entity}/messages", new SendEndpoint(broker, faults, stopping).SendAsync);
        ReceiveEndpoint receiving = new(broker, faults, stopping);
        foreach (var path in ReceivePaths)
        {
            routes.MapDelete(path + "/messages/head", receiving.ReceiveAsync);
        }
    }
}
