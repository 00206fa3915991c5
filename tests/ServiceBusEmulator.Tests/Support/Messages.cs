namespace ServiceBusEmulator.Tests;

/// <summary>Short ways to the usual.</summary>
internal static class Messages
{
    public static ServiceBusMessage Of(string body) => new(body) { MessageId = body };

    public static async Task<ServiceBusReceivedMessage> NextAsync(this ServiceBusReceiver receiver) =>
        await receiver.ReceiveMessageAsync(RunningEmulator.Patience, RunningEmulator.Token)
        ?? throw new InvalidOperationException($"Nothing came from {receiver.EntityPath}.");

    public static Task<ServiceBusReceivedMessage> NoneAsync(this ServiceBusReceiver receiver) =>
        receiver.ReceiveMessageAsync(RunningEmulator.Moment, RunningEmulator.Token);
}
