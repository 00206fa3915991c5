using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks;

/// <summary>
/// Measures what a cancel allocates in our own code, by owner. The endpoint runs on one thread, with a provider that
/// answers immediately and a topic that accepts everything. Both return existing objects, so that they do not count.
/// </summary>
internal static class CoreAllocations
{
    // A single thread reaches fully optimised code sooner than a server under load.
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(1);

    public static async Task<CoreCosts> MeasureAsync(Scale scale)
    {
        var requests = scale.Cancels;
        var warmUp = scale.WarmUp < LongestWarmUp ? scale.WarmUp : LongestWarmUp;
        var options = new LocalHostOptions
        {
            Quiet = true,
            ConfigureServices = static services =>
                services
                    .AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, new CancelsAtOnce())
                    .AddSingleton<IOutcomePublisher>(new AcceptingTopic()),
        };
        await using var host = LocalApp.Create(["--urls", "http://127.0.0.1:0"], options);
        await host.StartAsync();
        var signing = host.Services.GetRequiredService<SigningService>();
        var canceller = host.Services.GetRequiredService<OrderCanceller>();
        var endpoint = host.Services.GetRequiredService<OrderApi>();
        var body = """{"orderId":"1443"}"""u8.ToArray();
        var cancel = new CancelRequest
        {
            RequestId = "request",
            Order = OrderReference.FromOrderId("1443"),
            Trigger = CancelTrigger.Http,
            RequestedAt = TimeProvider.System.GetUtcNow(),
        };
        var asked = new DefaultHttpContext
        {
            Request =
            {
                Method = "POST",
                ContentType = "application/json",
                ContentLength = body.Length,
                Body = new Rewinding(body),
            },
            Response = { Body = Stream.Null },
        };

        var sign = Measure(requests, warmUp, () => signing.Sign(cancel.Order.Json.Span));
        var settle = Measure(requests, warmUp, () => Completed(canceller.CancelAsync(cancel, CancellationToken.None)));
        var whole = Measure(requests, warmUp, Whole);
        var duration = Time(requests, Whole);
        double heard,
            heardDuration;
        using (new Listener())
        {
            heard = Measure(requests, warmUp, Whole);
            heardDuration = Time(requests, Whole);
        }

        await host.StopAsync();
        return new CoreCosts(
            [
                ("signing", sign),
                ("provider call, judging, retries (without signing)", settle - sign),
                ("parsing, event, answer", whole - settle),
                ("core, together", whole),
            ],
            heard,
            duration,
            heardDuration
        );

        void Whole()
        {
            asked.Request.Body.Position = 0;
            Completed(new ValueTask<IResult>(endpoint.AnswerAsync(ApiRoute.CancelOrder, asked)));
        }
    }

    /// <summary>Microseconds of one run, the median of several rounds.</summary>
    private static double Time(int times, Action work)
    {
        const int rounds = 9;
        return Enumerable
            .Range(0, rounds)
            .Select(_ =>
            {
                var start = Stopwatch.GetTimestamp();
                for (var time = 0; time < times; time++)
                {
                    work();
                }

                return Stopwatch.GetElapsedTime(start).TotalMicroseconds / times;
            })
            .Order()
            .ElementAt(rounds / 2);
    }

    private static double Measure(int times, TimeSpan warmUp, Action work)
    {
        // Until the code is fully optimised.
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < warmUp; )
        {
            work();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < times; time++)
        {
            work();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)times;
    }

    private static void Completed<T>(ValueTask<T> task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException(
                "The work left its thread: its bytes are not counted.",
                task.AsTask().Exception
            );
        }
    }

    private sealed class CancelsAtOnce : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult<HttpResponseMessage>(new Lasting());

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => _answer;
    }

    /// <summary>A reusable response: disposing it only rewinds its body.</summary>
    private sealed class Lasting : HttpResponseMessage
    {
        private static readonly Rewinding Cancelled = new(
            """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}"""u8.ToArray()
        );

        public Lasting()
            : base(HttpStatusCode.OK) =>
            Content = new StreamContent(Cancelled)
            {
                Headers =
                {
                    ContentType = new MediaTypeHeaderValue("application/json"),
                    ContentLength = Cancelled.Length,
                },
            };

        protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
    }

    private sealed class Rewinding(byte[] bytes) : MemoryStream(bytes)
    {
        protected override void Dispose(bool disposing)
        {
            Position = 0;
            base.Dispose(disposing: false);
        }
    }
}

/// <summary>The cost of a cancel in our own code.</summary>
/// <param name="Owners">Bytes by owner, without a listener. The last row is the total.</param>
/// <param name="HeardBytes">Bytes with a listener to metrics and spans.</param>
/// <param name="Duration">Microseconds without a listener.</param>
/// <param name="HeardDuration">Microseconds with a listener.</param>
internal sealed record CoreCosts(
    IReadOnlyList<(string Owner, double Bytes)> Owners,
    double HeardBytes,
    double Duration,
    double HeardDuration
);
