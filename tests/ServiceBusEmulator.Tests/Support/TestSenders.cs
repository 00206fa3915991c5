using System.Globalization;
using System.Net;

namespace ServiceBusEmulator.Tests;

/// <summary>Sends one message without retries.</summary>
internal interface ITestSender
{
    Task<SendResult> SendAsync(string entity, DateTimeOffset? dueAt, CancellationToken cancellationToken);
}

internal sealed class AmqpSender(RunningEmulator emulator) : ITestSender
{
    public async Task<SendResult> SendAsync(string entity, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        var sender = emulator.Connect(static options => options.RetryOptions.MaxRetries = 0).CreateSender(entity);
        try
        {
            // The client ignores cancellation while it schedules.
            await (
                dueAt is { } later
                    ? sender.ScheduleMessageAsync(Messages.Of(NewId()), later, cancellationToken)
                    : sender.SendMessageAsync(Messages.Of(NewId()), cancellationToken)
            ).WaitAsync(cancellationToken);
            return SendResult.Stored;
        }
        catch (ServiceBusException exception)
        {
            return exception.Reason switch
            {
                ServiceBusFailureReason.QuotaExceeded => SendResult.Refused,
                ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.ServiceTimeout =>
                    SendResult.CutOff,

                // The client reports the end of the link or of the operation, whichever it sees first.
                ServiceBusFailureReason.GeneralError
                    when exception.Message.Contains("detached the link", StringComparison.Ordinal) => SendResult.CutOff,
                ServiceBusFailureReason.GeneralError => SendResult.Failed,
                _ => throw new InvalidOperationException("Not expected.", exception),
            };
        }
        catch (OperationCanceledException)
        {
            return SendResult.NotAnswered;
        }
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}

internal sealed class RestSender(RunningEmulator emulator) : ITestSender
{
    public async Task<SendResult> SendAsync(string entity, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
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
            return (await emulator.Rest.SendAsync(request, cancellationToken)).Status switch
            {
                HttpStatusCode.Created => SendResult.Stored,
                HttpStatusCode.Forbidden => SendResult.Refused,
                HttpStatusCode.InternalServerError => SendResult.Failed,
                var status => throw new InvalidOperationException($"Not expected: {status}"),
            };
        }
        catch (HttpRequestException)
        {
            return SendResult.CutOff;
        }
        catch (OperationCanceledException)
        {
            return SendResult.NotAnswered;
        }
    }
}
