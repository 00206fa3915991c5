using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace PlainFunction;

/// <summary>Cancels orders by HTTP and by queue message.</summary>
public sealed class CancelFunctions(OnrampOrders orders, ServiceBusSender results)
{
    /// <summary>Cancels the order of the request and returns 200.</summary>
    [Function("CancelByHttp")]
    public async Task<IResult> HttpAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders/cancel")] HttpRequest request
    )
    {
        var order = await request.ReadFromJsonAsync<Order>(request.HttpContext.RequestAborted);
        return Results.Ok(await CancelAsync(order!, request.HttpContext.RequestAborted));
    }

    /// <summary>Cancels the order of the message and completes it, as in the template of Azure Functions.</summary>
    [Function("CancelByMessage")]
    public async Task MessageAsync(
        [ServiceBusTrigger("%CancelRequestsQueue%", Connection = "ServiceBus")] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions
    )
    {
        await CancelAsync(message.Body.ToObjectFromJson<Order>(JsonSerializerOptions.Web)!, CancellationToken.None);
        await actions.CompleteMessageAsync(message);
    }

    private async Task<Outcome> CancelAsync(Order order, CancellationToken cancellationToken)
    {
        Outcome outcome = new(order.OrderId, await orders.CancelAsync(order, cancellationToken));
        await results.SendMessageAsync(
            new ServiceBusMessage(BinaryData.FromObjectAsJson(outcome)) { ContentType = "application/json" },
            cancellationToken
        );
        return outcome;
    }

    private sealed record Outcome(string OrderId, int Status);
}
