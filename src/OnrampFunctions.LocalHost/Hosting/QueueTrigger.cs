using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Local.Hosting;

/// <summary>What the Service Bus trigger is in Azure: the SDK's processor, which hands each message on with what settles it.</summary>
internal sealed partial class QueueTrigger : IHostedLifecycleService, IAsyncDisposable
{
    private readonly ServiceBusClient _client;
    private readonly ServiceBusProcessor _processor;
    private readonly WorkInProgress _work;
    private readonly ILogger<QueueTrigger> _logger;
    private readonly CancellationTokenRegistration _closing;
    private Task _stopped = Task.CompletedTask;

    public QueueTrigger(AmqpAddress address, MessageBroker broker, MessageDispatcher dispatcher, WorkInProgress work, LocalSettings settings, ILogger<QueueTrigger> logger)
    {
        _work = work;
        _logger = logger;

        // Of its own, as in Azure, where the Functions host receives and the app sends.
        _client = new ServiceBusClient(address.OwnConnectionString, TriggerSettings.Client);
        var options = TriggerSettings.Processor;
        options.MaxConcurrentCalls = settings.Receivers;
        _processor = _client.CreateProcessor(broker.Requests.Name, options);
        _processor.ProcessMessageAsync += args => dispatcher.DispatchAsync(args.Message, new ProcessorActions(args), CancellationToken.None);
        _processor.ProcessErrorAsync += TellAsync;
        _closing = work.Closing.Register(() => _stopped = _processor.StopProcessingAsync(CancellationToken.None));
    }

    // Only now can the simulator, which answers on the web server's port, be called.
    public Task StartedAsync(CancellationToken cancellationToken) => _processor.StartProcessingAsync(cancellationToken);

    /// <summary>Waits until what is in hand is settled: no more has come since the host began to stop.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopped.WaitAsync(cancellationToken);
        await _processor.CloseAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _closing.DisposeAsync();
        await _client.DisposeAsync();
    }

    private Task TellAsync(ProcessErrorEventArgs args)
    {
        if (!_work.Closing.IsCancellationRequested)
        {
            Log.Failed(_logger, args.ErrorSource, args.Exception);
        }

        return Task.CompletedTask;
    }

    /// <summary>Settles through the processor, which holds the lock.</summary>
    private sealed class ProcessorActions(ProcessMessageEventArgs args) : IMessageActions
    {
        public Task CompleteAsync(CancellationToken cancellationToken) => args.CompleteMessageAsync(args.Message, cancellationToken);

        public Task AbandonAsync(Dictionary<string, object>? properties, CancellationToken cancellationToken) => args.AbandonMessageAsync(args.Message, properties, cancellationToken);

        public Task DeadLetterAsync(Dictionary<string, object>? properties, string? reason, string? description, CancellationToken cancellationToken)
            => args.DeadLetterMessageAsync(args.Message, properties ?? [], reason, description, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(702, LogLevel.Warning, "The queue could not be read ({Source}): it is tried again")]
        public static partial void Failed(ILogger logger, ServiceBusErrorSource source, Exception exception);
    }
}
