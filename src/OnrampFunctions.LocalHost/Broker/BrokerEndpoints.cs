using System.Globalization;
using System.IO.Pipelines;

namespace OnrampFunctions.Local.Broker;

/// <summary>
/// The broker from outside, in the shape of Service Bus's REST API: send a message, receive and delete one. A script written against it works
/// against Azure with another host and a token.
/// </summary>
internal sealed class BrokerEndpoints(MessageBroker broker, FaultInjector faults, WorkInProgress work)
{
    private const int DefaultTimeoutSeconds = 60;
    private const int MaxTimeoutSeconds = 3600;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{entity}/messages", SendAsync);
        foreach (var path in (string[])["/{entity}", "/{entity}/$DeadLetterQueue", "/{entity}/subscriptions/{name}", "/{entity}/subscriptions/{name}/$DeadLetterQueue"])
        {
            routes.MapDelete(path + "/messages/head", ReceiveAsync);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        var entity = (string)context.Request.RouteValues["entity"]!;
        if (Destination.Find(entity, broker, faults) is not { } destination)
        {
            await LocalJson.WriteErrorAsync(context, 410, $"There is no queue or topic {entity}; there are {broker.Requests.Name} and {broker.Results.Name}.");
            return;
        }

        var properties = PropertyHeaders.Read(context.Request.Headers, out var fault);
        var sent = BrokerProperties.Read(context.Request.Headers[BrokerProperties.HeaderName], out var faultOfHeader);
        if ((faultOfHeader ?? fault) is { } wrong)
        {
            await LocalJson.WriteErrorAsync(context, 400, wrong);
            return;
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            await LocalJson.WriteErrorAsync(context, 403, $"The message is larger than {BrokerLimits.MaxMessageBytes / 1024} KB.");
            return;
        }

        BrokerMessage message = new()
        {
            MessageId = sent.MessageId ?? Guid.NewGuid().ToString("N"),
            CorrelationId = sent.CorrelationId,
            Subject = sent.Label,
            ContentType = context.Request.ContentType,
            Body = body,
            Properties = properties,
        };
        if (await TryTakeAsync(context, destination, message, sent.ScheduledEnqueueTimeUtc))
        {
            context.Response.StatusCode = 201;
        }
    }

    /// <summary>Puts the message where it belongs; false when the client was answered otherwise, or lost.</summary>
    private async Task<bool> TryTakeAsync(HttpContext context, Destination destination, BrokerMessage message, DateTimeOffset? dueAt)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, work.Closing);
        try
        {
            await destination.PassAsync(ended.Token);
            destination.Take(message, dueAt);
        }
        catch (BrokerFaultException fault)
        {
            await LocalJson.WriteErrorAsync(context, fault.WasDone ? 500 : 403, fault.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return false;
        }

        return !IsDropped(context, message);
    }

    /// <summary>Drops the client's connection if that shall happen now.</summary>
    private bool IsDropped(HttpContext context, BrokerMessage message)
    {
        var isHit = faults.HitsTry(FaultKind.ConnectionDropped, message.MessageId);
        if (isHit)
        {
            context.Abort();
        }

        return isHit;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var entity = path[1..^"/messages/head".Length];
        if (!broker.TryFind(entity, out var queue))
        {
            await LocalJson.WriteErrorAsync(context, 410, $"There is no queue or subscription {entity}; there are {broker.Requests.Name} and {broker.Local.Name}.");
            return;
        }

        var timeout = context.Request.Query["timeout"].ToString();
        var seconds = DefaultTimeoutSeconds;
        if (timeout.Length > 0 && (!int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds > MaxTimeoutSeconds))
        {
            await LocalJson.WriteErrorAsync(context, 400, $"timeout is a whole number of seconds, 0 to {MaxTimeoutSeconds}.");
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

    /// <summary>The message leaves the queue when it has been written; one whose receiver has hung up is delivered again.</summary>
    private async Task HandOverAsync(HttpContext context, MessageQueue queue, LockedMessage message)
    {
        var isWritten = false;
        try
        {
            if (IsDropped(context, message.Message))
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

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > BrokerLimits.MaxMessageBytes)
        {
            return null;
        }

        using MemoryStream body = new((int)(context.Request.ContentLength ?? 1024));
        var buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > BrokerLimits.MaxMessageBytes)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
