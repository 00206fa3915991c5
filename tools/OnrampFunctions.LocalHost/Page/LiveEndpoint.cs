using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Sends the current state and its changes as server-sent events: <c>GET /simulator/live</c>. Changes are sent at most
/// five times a second, all together; a slow viewer gets them less often.
/// </summary>
internal sealed class LiveEndpoint(LiveSources sources, LocalJson json, WorkInProgress work, TimeProvider clock)
{
    private const int MaxViewers = 32;
    private const int QuietTicksToPulse = 25;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private int _viewers;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/simulator/live", AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _viewers) > MaxViewers)
        {
            Interlocked.Decrement(ref _viewers);
            await LocalJson.WriteErrorAsync(context, 503, $"{MaxViewers} pages are already open: close one.");
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, work.Closing);
        try
        {
            await SendAsync(context, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer has disconnected, or the host is stopping.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task SendAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        LiveUpdates updates = new(sources, json);
        Write(response.BodyWriter, "hello", json.Serialize(sources.Hello(context.Connection.LocalPort)));
        using PeriodicTimer timer = new(Tick, clock);
        var quietTicks = 0;
        do
        {
            var changes = await updates.NextAsync(cancellationToken);
            if (changes.Count == 0 && ++quietTicks < QuietTicksToPulse)
            {
                continue;
            }

            quietTicks = 0;
            Write(response.BodyWriter, "pulse", json.Serialize(sources.Pulse()));
            foreach (var (name, bytes) in changes)
            {
                Write(response.BodyWriter, name, bytes);
            }

            if ((await response.BodyWriter.FlushAsync(cancellationToken)).IsCompleted)
            {
                return;
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static void Write(PipeWriter writer, string name, ReadOnlySpan<byte> json)
    {
        Encoding.UTF8.GetBytes($"event: {name}\ndata: ", writer);
        writer.Write(json);
        writer.Write("\n\n"u8);
    }
}
