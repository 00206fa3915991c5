using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks;

/// <summary>
/// The local host with an external provider and a reader of its outcome events. Commands on standard input: <c>queue
/// N</c>, <c>sample</c> (starts sampling allocations), <c>owners</c> (returns the samples), and the commands of every
/// part.
/// </summary>
internal static class MeasuredHost
{
    public static async Task<int> RunAsync(Uri upstream, bool publishes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Onramp__BaseUrl"] = upstream.ToString(),
            ["Onramp__MaxConcurrentCalls"] = "1000",
            ["LocalHost__Receivers"] = "64",

            // The local broker remembers message ids for ten minutes, as Service Bus does. Here that would dominate the
            // result.
            ["LocalHost__DuplicateWindow"] = "00:00:01",
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
        using var owners = new AllocationOwners();
        Console.WriteLine(host.BaseAddress);
        while (await Console.In.ReadLineAsync(stop.Token) is { } line)
        {
            Console.WriteLine(
                line.Split(' ') switch
                {
                    ["queue", var count] => (await QueueAsync(host.Broker, read, int.Parse(count, null))).ToString(
                        CultureInfo.InvariantCulture
                    ),
                    ["sample"] => Begin(owners),
                    ["owners"] => string.Join(
                        '|',
                        owners
                            .Stop()
                            .Select(static owner =>
                                string.Create(CultureInfo.InvariantCulture, $"{owner.Owner}|{owner.Share}")
                            )
                    ),
                    _ => Server.Answer(line),
                }
            );
        }

        await stop.CancelAsync();
        await reading;
        return 0;
    }

    private static string Begin(AllocationOwners owners)
    {
        owners.Start();
        return "";
    }

    /// <summary>Sends messages to the queue and waits for the same number of outcome events.</summary>
    /// <returns>Milliseconds.</returns>
    private static async Task<double> QueueAsync(LocalBroker broker, Counter read, int count)
    {
        var body = """{"orderId":"1443"}"""u8.ToArray();
        var start = Stopwatch.GetTimestamp();
        var done = read.WhenAsync(read.Value + count);
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

    private sealed class Counter
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _reached;
        private long _target;

        public long Value { get; private set; }

        public void Increment()
        {
            lock (_gate)
            {
                if (++Value == _target)
                {
                    _reached!.SetResult();
                }
            }
        }

        public Task WhenAsync(long target)
        {
            lock (_gate)
            {
                _target = target;
                _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _reached.Task;
            }
        }
    }
}
