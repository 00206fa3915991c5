using System.Globalization;
using System.IO.Pipelines;

namespace OnrampFunctions.LocalHost.Broker;

/// <summary>Hands a message to whoever asks by HTTP, and deletes it.</summary>
internal sealed class ReceiveEndpoint(MessageBroker broker, FaultInjector faults, WorkInProgress work)
{
    private const int DefaultTimeoutSeconds = 60;
    private const int MaxTimeoutSeconds = 3600;

    public async Task ReceiveAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var entity = path[1..^"/messages/head".Length];
        if (!broker.TryFind(entity, out var queue))
        {
            await LocalJson.WriteErrorAsync(
                context,
                410,
                $"There is no queue or subscription {entity}; there are {broker.Requests.Name} and {broker.Local.Name}."
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
            await LocalJson.WriteErrorAsync(
                context,
                400,
                $"timeout is a whole number of seconds, 0 to {MaxTimeoutSeconds}."
            );
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, work.Closing);
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

        await HandOverAsync(context, queue, message);
    }

    /// <summary>
    /// The message leaves the queue when it has been written; one whose receiver has hung up is delivered again.
    /// </summary>
    private async Task HandOverAsync(HttpContext context, MessageQueue queue, LockedMessage message)
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

    private static ValueTask<FlushResult> WriteAsync(HttpResponse response, LockedMessage message)
    {
        response.ContentType = BrokerProperties.ContentTypeOf(message.Message);
        response.ContentLength = message.Message.Body.Length;
        response.Headers[BrokerProperties.HeaderName] = BrokerProperties.Write(message);
        PropertyHeaders.Write(response.Headers, message);
        return response.BodyWriter.WriteAsync(message.Message.Body);
    }
}
