using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>
/// Plays the part of the app's trigger on the queue: the SDK's processor, which dispatches each message with its
/// settlement actions.
/// </summary>
/// <remarks>
/// The client can block itself for good when its connection breaks while it settles one message and asks for the next:
/// the session and the link each hold the lock that the other wants (seen with Microsoft.Azure.Amqp 2.7.3). So every
/// wait has a limit, and a client that no longer receives is replaced.
/// </remarks>
internal sealed partial class QueueTrigger : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(3);

    private readonly AmqpAddress _address;
    private readonly MessageQueue _queue;
    private readonly MessageDispatcher _dispatcher;
    private readonly WorkInProgress _work;
    private readonly TimeProvider _clock;
    private readonly ILogger<QueueTrigger> _logger;
    private readonly int _receivers;
    private readonly StalledQueue _stalled;
    private readonly CancellationTokenRegistration _closing;
    private (ServiceBusClient Client, ServiceBusProcessor Processor) _current;
    private Task _watching = Task.CompletedTask;
    private Task _stopped = Task.CompletedTask;

    public QueueTrigger(
        AmqpAddress address,
        LocalBroker broker,
        MessageDispatcher dispatcher,
        WorkInProgress work,
        int receivers,
        IOptions<QueueOptions> options,
        TimeProvider clock,
        ILogger<QueueTrigger> logger
    )
    {
        (_address, _queue, _dispatcher) = (address, broker.Requests, dispatcher);
        (_work, _clock, _logger, _receivers) = (work, clock, logger, receivers);
        _stalled = new StalledQueue(options.Value.MaxHandlingTime, clock);
        _current = Connect();
        _closing = work.Closing.Register(() =>
            _stopped = Task.Run(
                () => _current.Processor.StopProcessingAsync(CancellationToken.None),
                CancellationToken.None
            )
        );
    }

    // Only now does the web server, which serves the simulator, accept calls.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await _current.Processor.StartProcessingAsync(cancellationToken);
        _watching = _stalled.WatchAsync(() => _queue.Counts.Ready, ReplaceAsync, _work.Closing);
    }

    /// <summary>Waits until in-flight messages are settled; none are received after the host began to stop.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var closed = CloseAsync(cancellationToken).WaitAsync(cancellationToken);
        await closed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!closed.IsCompletedSuccessfully)
        {
            Log.NotStopped(_logger);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _closing.DisposeAsync();
        await EndAsync(_current.Client)
            .WaitAsync(DisposalLimit, _clock)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A separate client, as in Azure, where the Functions host receives and the app sends.</summary>
    private (ServiceBusClient Client, ServiceBusProcessor Processor) Connect()
    {
        ServiceBusClient client = new(_address.OwnConnectionString, TriggerSettings.Client);
        var options = TriggerSettings.Processor;
        options.MaxConcurrentCalls = _receivers;
        var processor = client.CreateProcessor(_queue.Name, options);
        processor.ProcessMessageAsync += args =>
        {
            _stalled.Moved();
            return _dispatcher.DispatchAsync(args.Message, new ProcessorActions(args));
        };
        processor.ProcessErrorAsync += LogErrorAsync;
        return (client, processor);
    }

    private Task ReplaceAsync()
    {
        Log.Stalled(_logger, _queue.Counts.Ready);
        var given = _current;
        _current = Connect();
        _ = EndAsync(given.Client);
        return _current.Processor.StartProcessingAsync(_work.Closing);
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _stopped;
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Run(() => _current.Processor.CloseAsync(cancellationToken), cancellationToken);
    }

    // On another thread, since it may never return.
    private static Task EndAsync(ServiceBusClient client) => Task.Run(() => client.DisposeAsync().AsTask());

    private Task LogErrorAsync(ProcessErrorEventArgs args)
    {
        if (!_work.Closing.IsCancellationRequested)
        {
            Log.Failed(_logger, args.ErrorSource, args.Exception);
        }

        return Task.CompletedTask;
    }

    /// <summary>Settles through the processor, which owns the lock.</summary>
    private sealed class ProcessorActions(ProcessMessageEventArgs args) : IMessageActions
    {
        public Task CompleteAsync(CancellationToken cancellationToken) =>
            args.CompleteMessageAsync(args.Message, cancellationToken);

        public Task AbandonAsync(Dictionary<string, object>? properties, CancellationToken cancellationToken) =>
            args.AbandonMessageAsync(args.Message, properties, cancellationToken);

        public Task DeadLetterAsync(
            Dictionary<string, object>? properties,
            string? reason,
            string? description,
            CancellationToken cancellationToken
        ) => args.DeadLetterMessageAsync(args.Message, properties ?? [], reason, description, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(702, LogLevel.Warning, "Receiving from the queue failed ({Source}); the client retries")]
        public static partial void Failed(ILogger logger, ServiceBusErrorSource source, Exception exception);

        [LoggerMessage(
            704,
            LogLevel.Warning,
            "{Count} messages are ready but the Service Bus client receives none: replacing the client"
        )]
        public static partial void Stalled(ILogger logger, int count);

        [LoggerMessage(
            705,
            LogLevel.Warning,
            "The Service Bus client did not stop in time; its in-flight messages are delivered again"
        )]
        public static partial void NotStopped(ILogger logger);
    }
}
