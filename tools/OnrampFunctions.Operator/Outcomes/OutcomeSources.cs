using System.Runtime.CompilerServices;
using Azure;
using Azure.Messaging.ServiceBus.Administration;

namespace OnrampFunctions.Operator.Outcomes;

/// <summary>
/// Where outcomes are seen; both go on until the token ends, and yield null whenever nothing came for a moment.
/// </summary>
internal static class OutcomeSources
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // What a watcher that was killed leaves behind goes away by itself; five minutes are the least that Service Bus
    // takes.
    private static readonly TimeSpan LeftBehind = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Looks at a subscription and takes nothing: what its own receiver takes within half a second is not seen.
    /// </summary>
    public static async IAsyncEnumerable<ObservedOutcome?> PeekAsync(
        Connection connection,
        string topic,
        string subscription,
        DateTimeOffset since,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var receiver = connection.Client.CreateReceiver(topic, subscription);
        var next = await receiver.FindFirstSinceAsync(since, cancellationToken);
        while (true)
        {
            await foreach (var message in receiver.PeekAllAsync(next, cancellationToken: cancellationToken))
            {
                next = message.SequenceNumber + 1;
                yield return OutcomeReader.Read(message);
            }

            yield return null;
            await Task.Delay(Pause, connection.Clock, cancellationToken);
        }
    }

    /// <summary>
    /// Makes a subscription of its own, which gets a copy of everything from now on, and takes it away in the end.
    /// </summary>
    public static async IAsyncEnumerable<ObservedOutcome?> ReceiveAsync(
        Connection connection,
        string topic,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var administration = connection.Administer();
        var name = $"watch-{Guid.NewGuid():N}";
        await administration.CreateSubscriptionAsync(Temporary(topic, name), cancellationToken);
        try
        {
            await using var receiver = connection.Client.CreateReceiver(
                topic,
                name,
                new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete }
            );
            while (true)
            {
                foreach (var message in await receiver.ReceiveMessagesAsync(100, Pause, cancellationToken))
                {
                    yield return OutcomeReader.Read(message);
                }

                yield return null;
            }
        }
        finally
        {
            using CancellationTokenSource limit = new(RemovalLimit, connection.Clock);
            await RemoveAsync(administration, topic, name, limit.Token);
        }
    }

    private static CreateSubscriptionOptions Temporary(string topic, string name) =>
        new(topic, name)
        {
            AutoDeleteOnIdle = LeftBehind,
            DefaultMessageTimeToLive = LeftBehind,
            DeadLetteringOnMessageExpiration = false,
            MaxDeliveryCount = 1,
            UserMetadata = "onramp-cancel outcomes watch",
        };

    private static async Task RemoveAsync(
        ServiceBusAdministrationClient administration,
        string topic,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await administration.DeleteSubscriptionAsync(topic, name, cancellationToken);
        }
        catch (Exception exception)
            when (exception is RequestFailedException or ServiceBusException or OperationCanceledException)
        {
            // It goes away by itself.
        }
    }
}
