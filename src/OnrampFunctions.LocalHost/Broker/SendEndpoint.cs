namespace OnrampFunctions.Local.Broker;

/// <summary>Sends a message that comes by HTTP to a queue or a topic.</summary>
internal sealed class SendEndpoint(MessageBroker broker, FaultInjector faults, WorkInProgress work)
{
    public async Task SendAsync(HttpContext context)
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

        return !context.TryDrop(faults, message);
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
