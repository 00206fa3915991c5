using Microsoft.AspNetCore.Http;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>Sends a message to a queue or topic by HTTP.</summary>
internal sealed class SendEndpoint(MessageBroker broker, IBrokerFaults faults, CancellationToken stopping)
{
    private const string BatchContentType = "application/vnd.microsoft.servicebus.json";

    public async Task SendAsync(HttpContext context)
    {
        var entity = (string)context.Request.RouteValues["entity"]!;
        if (Destination.Find(entity, broker, faults) is not { } destination)
        {
            await Problem.WriteAsync(
                context,
                410,
                $"Queue or topic {entity} does not exist. Known: {string.Join(", ", Names())}."
            );
            return;
        }

        var message = Read(context.Request, out var dueAt, out var fault);
        if (fault is { } wrong)
        {
            await Problem.WriteAsync(context, 400, wrong);
            return;
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            await Problem.WriteAsync(
                context,
                403,
                $"The message is larger than {BrokerLimits.MaxMessageBytes / 1024} KB."
            );
            return;
        }

        if (await TryStoreAsync(context, destination, message with { Body = body }, dueAt))
        {
            context.Response.StatusCode = 201;
        }
    }

    /// <summary>Reads the properties of the message from the headers.</summary>
    private static BrokerMessage Read(HttpRequest request, out DateTimeOffset? dueAt, out string? fault)
    {
        BrokerMessage message = new()
        {
            MessageId = Guid.NewGuid().ToString("N"),
            ContentType = request.ContentType,
            Properties = PropertyHeaders.Read(request.Headers, out var faultOfProperties),
        };
        message = BrokerProperties.Apply(request.Headers[BrokerProperties.HeaderName], message, out dueAt, out fault);
        var isBatch = request.ContentType?.StartsWith(BatchContentType, StringComparison.OrdinalIgnoreCase) is true;
        fault ??= isBatch
            ? "The emulator accepts one message per HTTP request: send batches over AMQP."
            : faultOfProperties;
        return message;
    }

    /// <summary>Stores the message; returns false when the client got another answer, or none.</summary>
    private async Task<bool> TryStoreAsync(
        HttpContext context,
        Destination destination,
        BrokerMessage message,
        DateTimeOffset? dueAt
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await destination.AdmitAsync(ended.Token);
            destination.Accept(message, dueAt);
        }
        catch (BrokerFaultException fault)
        {
            await Problem.WriteAsync(context, fault.WasDone ? 500 : 403, fault.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return false;
        }

        return !context.TryDrop(faults, message);
    }

    private IEnumerable<string> Names() =>
        broker.Queues.Select(queue => queue.Name).Concat(broker.Topics.Select(topic => topic.Name));

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
