namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>Short ways to the usual.</summary>
internal static class Messages
{
    public static ServiceBusMessage Of(string body) => new(body) { MessageId = body };

    public static async Task<ServiceBusReceivedMessage> NextAsync(this ServiceBusReceiver receiver) =>
        await receiver.ReceiveMessageAsync(Broker.Patience, Broker.Token)
        ?? throw new InvalidOperationException($"Nothing came from {receiver.EntityPath}.");

    public static Task<ServiceBusReceivedMessage> NoneAsync(this ServiceBusReceiver receiver) =>
        receiver.ReceiveMessageAsync(Broker.Moment, Broker.Token);
}
