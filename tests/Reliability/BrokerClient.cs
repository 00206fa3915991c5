using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// A program that uses the broker with the SDK, over its own connection, and tries again until an outage has ended.
/// </summary>
/// <remarks>
/// The SDK's client can block itself for good when its connection breaks, as the local host's <c>QueueTrigger</c> says.
/// So every call has a limit, and a client that does not return is replaced.
/// </remarks>
internal sealed class BrokerClient : IAsyncDisposable
{
    private const int MaxRepeats = 100;
    private static readonly TimeSpan BetweenRepeats = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(3);

    // The client's own retries end earlier, also on a busy machine.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    private readonly LocalApp _host;
    private readonly TimeProvider _time;
    private Connection _connection;

    public BrokerClient(LocalApp host, TimeProvider time)
    {
        (_host, _time) = (host, time);
        _connection = new Connection(host);
    }

    /// <summary>A client whose attempts are short: outages end soon.</summary>
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

    /// <summary>Closes a client, unless it is blocked: then it is left behind.</summary>
    public static async Task EndAsync(ServiceBusClient client, TimeProvider time) =>
        await Task.Run(() => client.DisposeAsync().AsTask())
            .WaitAsync(DisposalLimit, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Sends a message to the queue, with retries until it succeeds.</summary>
    public async Task SendUntilTakenAsync(ServiceBusMessage message, CancellationToken cancellationToken)
    {
        for (var repeat = 1; !await TrySendAsync(message, repeat == MaxRepeats, cancellationToken); repeat++)
        {
            await Task.Delay(BetweenRepeats, _time, cancellationToken);
        }
    }

    /// <summary>
    /// Receives and completes dead letters of the queue once. After a failure it returns those received; those that
    /// were not completed are received again.
    /// </summary>
    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeadLettersAsync(
        int most,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        // A client that does not return in time may still add to it.
        ConcurrentQueue<ServiceBusReceivedMessage> received = [];
        try
        {
            await UseAsync(
                async connection =>
                {
                    foreach (
                        var letter in await connection.DeadLetters.ReceiveMessagesAsync(
                            most,
                            patience,
                            cancellationToken
                        )
                    )
                    {
                        received.Enqueue(letter);
                        await connection.DeadLetters.CompleteMessageAsync(letter, cancellationToken);
                    }
                },
                cancellationToken
            );
        }
        catch (Exception exception) when (IsOutage(exception, cancellationToken))
        {
            // The caller tries again.
        }

        return [.. received];
    }

    public async ValueTask DisposeAsync() => await EndAsync(_connection.Client, _time);

    private async Task<bool> TrySendAsync(ServiceBusMessage message, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            await UseAsync(
                connection => connection.Requests.SendMessageAsync(message, cancellationToken),
                cancellationToken
            );
            return true;
        }
        catch (Exception exception) when (!isLast && IsOutage(exception, cancellationToken))
        {
            return false;
        }
    }

    /// <exception cref="TimeoutException">The client did not return in time; it is replaced.</exception>
    private async Task UseAsync(Func<Connection, Task> use, CancellationToken cancellationToken)
    {
        var connection = Volatile.Read(ref _connection);
        try
        {
            await Task.Run(() => use(connection), cancellationToken).WaitAsync(CallLimit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Connection fresh = new(_host);
            var replaced = Interlocked.CompareExchange(ref _connection, fresh, connection) == connection;
            _ = EndAsync((replaced ? connection : fresh).Client, _time);
            throw;
        }
    }

    // The SDK reports a closing connection as a cancellation; a connection may be replaced while it is used.
    private static bool IsOutage(Exception exception, CancellationToken cancellationToken) =>
        exception is ServiceBusException or TimeoutException or ObjectDisposedException or OperationCanceledException
        && !cancellationToken.IsCancellationRequested;

    private sealed class Connection
    {
        public Connection(LocalApp host)
        {
            var queue = host.Broker.Requests.Name;
            Client = Connect(host);
            Requests = Client.CreateSender(queue);
            DeadLetters = Client.CreateReceiver(
                queue,
                new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
            );
        }

        public ServiceBusClient Client { get; }

        public ServiceBusSender Requests { get; }

        public ServiceBusReceiver DeadLetters { get; }
    }
}
