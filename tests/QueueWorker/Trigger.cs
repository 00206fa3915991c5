using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnrampFunctions.Triggers;

namespace QueueWorker;

/// <summary>
/// Hands each message of the queue to the app's function, as the Service Bus extension does with the settings of host.json; while the host drains, that does not
/// cancel what is under way.
/// </summary>
internal sealed class Trigger(IServiceProvider services, IConfiguration configuration, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using ServiceBusClient client = new(configuration["ServiceBus"]);
        await using var processor = client.CreateProcessor(
            configuration["CancelRequestsQueue"], new ServiceBusProcessorOptions { AutoCompleteMessages = false, MaxConcurrentCalls = 16, PrefetchCount = 0 });
        processor.ProcessMessageAsync += received
            => services.GetRequiredService<OrderMessages>().RunAsync(received.Message, new ProcessorActions(received), CancellationToken.None);
        processor.ProcessErrorAsync += static _ => Task.CompletedTask;
        await processor.StartProcessingAsync(stoppingToken);
        try
        {
            // The host takes no more as soon as it is asked to stop, and waits for what it has handed over.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException)
        {
            await processor.StopProcessingAsync(CancellationToken.None);
        }
    }

    private sealed class ProcessorActions(ProcessMessageEventArgs received) : ServiceBusMessageActions
    {
        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
            => received.CompleteMessageAsync(message, cancellationToken);

        public override Task AbandonMessageAsync(
            ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default)
            => received.AbandonMessageAsync(message, propertiesToModify, cancellationToken);

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message,
            Dictionary<string, object>? propertiesToModify = default,
            string? deadLetterReason = default,
            string? deadLetterErrorDescription = default,
            CancellationToken cancellationToken = default)
            => received.DeadLetterMessageAsync(message, propertiesToModify ?? [], deadLetterReason, deadLetterErrorDescription, cancellationToken);
    }
}
