using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>How the other programs of a run use the broker: with the SDK, each over its own connection.</summary>
internal static class ServiceBusClients
{
    // Outages end, so programs retry until then.
    private const int MaxRepeats = 100;
    private static readonly TimeSpan BetweenRepeats = TimeSpan.FromMilliseconds(100);

    public static ServiceBusClient Connect(LocalApp host) =>
        new(
            host.ServiceBusConnectionString,
            new ServiceBusClientOptions
            {
                RetryOptions = new ServiceBusRetryOptions
                {
                    MaxRetries = 5,
                    Delay = TimeSpan.FromMilliseconds(50),
                    MaxDelay = TimeSpan.FromMilliseconds(500),
                    TryTimeout = TimeSpan.FromSeconds(1),
                },
            }
        );

    /// <summary>Sends a message, with retries until it succeeds.</summary>
    public static async Task SendUntilTakenAsync(
        this ServiceBusSender sender,
        ServiceBusMessage message,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        for (var repeat = 1; ; repeat++)
        {
            try
            {
                await sender.SendMessageAsync(message, cancellationToken);
                return;
            }
            catch (Exception exception)
                when (repeat < MaxRepeats
                    && !cancellationToken.IsCancellationRequested
                    && exception is ServiceBusException or OperationCanceledException
                )
            {
                // The SDK reports a closing connection as a cancellation.
                await Task.Delay(BetweenRepeats, time, cancellationToken);
            }
        }
    }
}
