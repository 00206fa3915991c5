using System.Globalization;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Replays or removes one dead letter of the queue by its sequence number: <c>/simulator/dead-letters/{number}</c>. The
/// REST API only reaches the first one, and duplicate detection would drop a replay.
/// </summary>
internal sealed class DeadLetterEndpoints(LocalBroker broker, FaultInjector faults, WorkInProgress work)
{
    private const string Path = "/simulator/dead-letters/{number}";

    private readonly MessageQueue _deadLetters = broker.Requests.DeadLetters!;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "/replay", ReplayAsync);
        routes.MapDelete(Path, context => Take(context) is null ? NotFoundAsync(context) : NoContentAsync(context));
    }

    private async Task ReplayAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, work.Closing);
        try
        {
            await faults.AdmitAsync(broker.Requests.Name, ended.Token);
        }
        catch (BrokerFaultException fault)
        {
            await LocalJson.WriteErrorAsync(context, 403, fault.Message);
            return;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }

        if (Take(context) is not { } deadLetter)
        {
            await NotFoundAsync(context);
            return;
        }

        broker.Requests.Requeue(Replayed(deadLetter));
        await NoContentAsync(context);
    }

    /// <summary>
    /// The same message with the properties that make the service treat it as a replay of the same request.
    /// </summary>
    private static BrokerMessage Replayed(PeekedMessage deadLetter)
    {
        var message = deadLetter.Message;
        var seen = deadLetter.ToInbound();
        return message.With(
            [
                .. DeadLetterReplay
                    .Properties(seen)
                    .Select(property => KeyValuePair.Create(property.Key, (object?)property.Value)),
            ],
            DeadLetterReplay.TimeToLive(seen)
        );
    }

    private PeekedMessage? Take(HttpContext context) =>
        long.TryParse(
            (string)context.Request.RouteValues["number"]!,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? _deadLetters.Remove(number)
            : null;

    private Task NotFoundAsync(HttpContext context) =>
        LocalJson.WriteErrorAsync(context, 404, $"{_deadLetters.Name} has no ready message with this sequence number.");

    private static Task NoContentAsync(HttpContext context)
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
