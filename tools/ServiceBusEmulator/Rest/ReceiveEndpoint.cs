using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>Receives and deletes a message by HTTP.</summary>
internal sealed class ReceiveEndpoint(MessageBroker broker, IBrokerFaults faults, CancellationToken stopping)
{
    private const int DefaultTimeoutSeconds = 60;
    private const int MaxTimeoutSeconds = 3600;

    public async Task ReceiveAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var entity = path[1..^"/messages/head".Length];
        if (!broker.TryFind(entity, out var queue))
        {
            await Problem.WriteAsync(
                context,
                410,
                $"Queue or subscription {entity} does not exist. Known: {string.Join(", ", Names())}."
            );
            return;
        }

        var timeout = context.Request.Query["timeout"].ToString();
        var seconds = DefaultTimeoutSeconds;
        if (
            timeout.Length > 0
            && (
                !int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
                || seconds > MaxTimeoutSeconds
            )
        )
        {
            await Problem.WriteAsync(
                context,
                400,
                $"timeout must be a whole number of seconds from 0 to {MaxTimeoutSeconds}."
            );
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        LockedMessage? message;
        try
        {
            message = await queue.ReceiveAsync(TimeSpan.FromSeconds(seconds), ended.Token);
        }
        catch (OperationCanceledException)
        {
            message = null;
        }

        if (message is null)
        {
            context.Response.StatusCode = 204;
            return;
        }

        await DeliverAsync(context, queue, message);
    }

    /// <summary>
    /// Completes the message after it was written; if the receiver has disconnected, the message is delivered again.
    /// </summary>
    private async Task DeliverAsync(HttpContext context, MessageQueue queue, LockedMessage message)
    {
        var isWritten = false;
        try
        {
            if (context.TryDrop(faults, message.Message))
            {
                return;
            }

            var flushed = await WriteAsync(context.Response, message);
            await context.Response.CompleteAsync();
            isWritten = !flushed.IsCompleted && !context.RequestAborted.IsCancellationRequested;
        }
        finally
        {
            _ = isWritten ? queue.TryComplete(message) : queue.TryAbandon(message);
        }
    }

    private IEnumerable<string> Names() =>
        broker.Queues.Concat(broker.Topics.SelectMany(topic => topic.Subscriptions)).Select(queue => queue.Name);

    private static ValueTask<FlushResult> WriteAsync(HttpResponse response, LockedMessage message)
    {
        response.ContentType = BrokerProperties.ContentTypeOf(message.Message);
        response.ContentLength = message.Message.Body.Length;
        response.Headers[BrokerProperties.HeaderName] = BrokerProperties.Write(message);
        PropertyHeaders.Write(response.Headers, message);
        return response.BodyWriter.WriteAsync(message.Message.Body);
    }
}
