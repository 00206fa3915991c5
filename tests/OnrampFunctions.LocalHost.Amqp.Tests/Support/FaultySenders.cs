using System.Globalization;
using System.Net;

namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>Sends one message, once.</summary>
internal interface IFaultySender
{
    Task<SendingEnd> SendAsync(string entity, DateTimeOffset? dueAt, CancellationToken cancellationToken);
}

internal sealed class AmqpSender(Broker broker) : IFaultySender
{
    public async Task<SendingEnd> SendAsync(string entity, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        var sender = broker.Connect(static options => options.RetryOptions.MaxRetries = 0).CreateSender(entity);
        try
        {
            // The client heeds no cancellation while it schedules.
            await (
                dueAt is { } later
                    ? sender.ScheduleMessageAsync(Messages.Of(NewId()), later, cancellationToken)
                    : sender.SendMessageAsync(Messages.Of(NewId()), cancellationToken)
            ).WaitAsync(cancellationToken);
            return SendingEnd.Taken;
        }
        catch (ServiceBusException exception)
        {
            return exception.Reason switch
            {
                ServiceBusFailureReason.QuotaExceeded => SendingEnd.Refused,
                ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.ServiceTimeout =>
                    SendingEnd.CutOff,

                // Told by the link's end or by the operation's, whichever the client sees first.
                ServiceBusFailureReason.GeneralError
                    when exception.Message.Contains("detached the link", StringComparison.Ordinal) => SendingEnd.CutOff,
                ServiceBusFailureReason.GeneralError => SendingEnd.Failed,
                _ => throw new InvalidOperationException("Not expected.", exception),
            };
        }
        catch (OperationCanceledException)
        {
            return SendingEnd.NotAnswered;
        }
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}

internal sealed class HttpSender(Broker broker) : IFaultySender
{
    public async Task<SendingEnd> SendAsync(string entity, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        using HttpClient http = new() { BaseAddress = broker.Host.BaseAddress };
        using HttpRequestMessage request = new(HttpMethod.Post, $"{entity}/messages")
        {
            Content = new StringContent("{}"),
        };
        if (dueAt is { } later)
        {
            request.Headers.Add(
                "BrokerProperties",
                $$"""{"ScheduledEnqueueTimeUtc":"{{later.ToString("O", CultureInfo.InvariantCulture)}}"}"""
            );
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.Created => SendingEnd.Taken,
                HttpStatusCode.Forbidden => SendingEnd.Refused,
                HttpStatusCode.InternalServerError => SendingEnd.Failed,
                var status => throw new InvalidOperationException($"Not expected: {status}"),
            };
        }
        catch (HttpRequestException)
        {
            return SendingEnd.CutOff;
        }
        catch (OperationCanceledException)
        {
            return SendingEnd.NotAnswered;
        }
    }
}
