using System.Runtime.CompilerServices;
using Azure;
using Azure.Messaging.ServiceBus.Administration;

namespace OnrampFunctions.Operator.Outcomes;

/// <summary>
/// The two ways to observe outcomes. Both continue until the token is cancelled, and yield null while there is nothing
/// new.
/// </summary>
internal static class OutcomeSources
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // The subscription of a killed process deletes itself; five minutes is the minimum of Service Bus.
    private static readonly TimeSpan AutoDelete = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Peeks a subscription. It misses messages that the subscription's own receiver completes within half a second.
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
        NewMessages messages = new(receiver, since);
        while (true)
        {
            await foreach (var message in messages.PeekAsync(cancellationToken))
            {
                yield return OutcomeReader.Read(message);
            }

            yield return null;
            await Task.Delay(Pause, connection.Clock, cancellationToken);
        }
    }

    /// <summary>
    /// Creates a temporary subscription, which gets a copy of every new event, and deletes it at the end.
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
            using CancellationTokenSource limit = new(DeleteTimeout, connection.Clock);
            await RemoveAsync(administration, topic, name, limit.Token);
        }
    }

    private static CreateSubscriptionOptions Temporary(string topic, string name) =>
        new(topic, name)
        {
            AutoDeleteOnIdle = AutoDelete,
            DefaultMessageTimeToLive = AutoDelete,
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
            // It deletes itself later.
        }
    }
}
