using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks;

/// <summary>
/// The local host with an external provider and a reader of its outcome events. Each line on standard input is a number
/// of messages: it sends them to the queue and prints the milliseconds until their events.
/// </summary>
internal static class MeasuredHost
{
    /// <summary>
    /// The local broker remembers message ids for ten minutes, as Service Bus does. Here that would dominate the
    /// result.
    /// </summary>
    public const string DuplicateWindow = "00:00:01";

    public static async Task<int> RunAsync(Uri upstream, bool publishes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Onramp__BaseUrl"] = upstream.ToString(),
            ["Onramp__MaxConcurrentCalls"] = "1000",
            ["LocalHost__Receivers"] = "64",
            ["LocalHost__DuplicateWindow"] = DuplicateWindow,
        };
        await using var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Settings = settings,
                Quiet = true,
                ConfigureServices = publishes
                    ? null
                    : static services => services.AddSingleton<IOutcomePublisher>(new AcceptingTopic()),
            }
        );
        await host.StartAsync();
        var read = new Counter();
        using var stop = new CancellationTokenSource();
        var reading = ReadEventsAsync(host.Broker.Local, read, stop.Token);
        Console.WriteLine(host.BaseAddress);
        while (await Console.In.ReadLineAsync(stop.Token) is { } line)
        {
            var duration = await QueueAsync(host.Broker, read, int.Parse(line, CultureInfo.InvariantCulture));
            Console.WriteLine(duration.ToString(CultureInfo.InvariantCulture));
        }

        await stop.CancelAsync();
        await reading;
        return 0;
    }

    /// <summary>Sends messages to the queue and waits for the same number of outcome events.</summary>
    /// <returns>Milliseconds.</returns>
    private static async Task<double> QueueAsync(LocalBroker broker, Counter read, int count)
    {
        var body = Encoding.UTF8.GetBytes(Load.Body);
        var start = Stopwatch.GetTimestamp();
        var done = read.WhenAsync(count);
        for (var message = 0; message < count; message++)
        {
            broker.Requests.Send(
                new BrokerMessage
                {
                    MessageId = Guid.NewGuid().ToString("N"),
                    ContentType = "application/json",
                    Body = body,
                }
            );
        }

        await done;
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task ReadEventsAsync(MessageQueue events, Counter read, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                events.TryComplete(await events.ReceiveAsync(cancellationToken));
                read.Increment();
            }
        }
        catch (OperationCanceledException)
        {
            // Standard input has ended.
        }
    }
}
