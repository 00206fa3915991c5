namespace OnrampFunctions.LocalHost.Broker;

/// <summary>
/// The broker from outside, in the shape of Service Bus's REST API: send a message, receive and delete one. A script
/// written against it works against Azure with another host and a token.
/// </summary>
internal sealed class BrokerEndpoints(MessageBroker broker, FaultInjector faults, WorkInProgress work)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{entity}/messages", new SendEndpoint(broker, faults, work).SendAsync);
        ReceiveEndpoint receiving = new(broker, faults, work);
        foreach (
            var path in (string[])
                [
                    "/{entity}",
                    "/{entity}/$DeadLetterQueue",
                    "/{entity}/subscriptions/{name}",
                    "/{entity}/subscriptions/{name}/$DeadLetterQueue",
                ]
        )
        {
            routes.MapDelete(path + "/messages/head", receiving.ReceiveAsync);
        }
    }
}
