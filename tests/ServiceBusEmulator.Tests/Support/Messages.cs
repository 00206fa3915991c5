namespace ServiceBusEmulator.Tests;

/// <summary>Shorthands.</summary>
internal static class Messages
{
    public static ServiceBusMessage Of(string body) => new(body) { MessageId = body };

    public static async Task<ServiceBusReceivedMessage> NextAsync(this ServiceBusReceiver receiver) =>
        await receiver.ReceiveMessageAsync(RunningEmulator.Patience, RunningEmulator.Token)
        ?? throw new InvalidOperationException($"No message arrived from {receiver.EntityPath}.");

    public static Task<ServiceBusReceivedMessage> NoneAsync(this ServiceBusReceiver receiver) =>
        receiver.ReceiveMessageAsync(RunningEmulator.Moment, RunningEmulator.Token);
}
