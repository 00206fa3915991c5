using System.Collections.Concurrent;

namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>
/// Many messages while senders, processors and connections come and go: nothing is lost, and nothing comes again that
/// was settled. How many is for the environment to say: <c>STRESS_MESSAGES</c>, 20,000 by default.
/// </summary>
public sealed class StressTests
{
    private enum Fate
    {
        Unknown = 0,
        Uncertain,
        Settled,
        Doubled,
    }

    private static readonly int Count = int.TryParse(
        Environment.GetEnvironmentVariable("STRESS_MESSAGES"),
        out var count
    )
        ? count
        : 20_000;

    [Fact]
    public async Task Loses_and_doubles_nothing_while_everything_stops_and_reconnects()
    {
        // Locks that a lost connection leaves behind expire by the real clock: soon.
        var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Quiet = true,
                Settings = new Dictionary<string, string?> { ["LocalHost__EmulatorConfig"] = await ConfigAsync() },
            }
        );
        await host.StartAsync(Broker.Token);
        await using var stopping = host;
        host.Faults.Settings = new FaultSettings
        {
            Rates = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([
                KeyValuePair.Create(FaultKind.ConnectionDropped, 10.0 / Count),
                KeyValuePair.Create(FaultKind.LinkDetached, 20.0 / Count),
            ]),
        };

        ConcurrentDictionary<string, Fate> fates = new();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(Broker.Token);
        var receiving = Enumerable.Range(0, 3).Select(i => ReceiveAsync(host, i, fates, ended.Token)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(part => SendAsync(host, part)));
        Assert.True(host.Broker.TryFind("stress", out var queue));
        await queue.WhenAsync(counts => counts.IsIdle, Broker.Token).WaitAsync(TimeSpan.FromMinutes(2), Broker.Token);
        await ended.CancelAsync();
        await Task.WhenAll(receiving);

        Assert.Equal(Count, fates.Count);
        Assert.Empty(fates.Where(fate => fate.Value == Fate.Doubled).Select(fate => fate.Key));

        // Whose settlement was cut off learns only that the lock has ended; the message did not come again, so it was
        // settled.
        Assert.InRange(fates.Values.Count(fate => fate == Fate.Uncertain), 0, Count / 20);
        Assert.Equal(default, queue.DeadLetters!.Counts);
        Assert.True(host.Faults.CountOf(FaultKind.ConnectionDropped) > 2);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join(", ", host.Faults.Injected.Select(fault => $"{fault.Key} {fault.Value}"))
        );
    }

    private static async Task SendAsync(LocalApp host, int part)
    {
        await using ServiceBusClient client = new(host.ServiceBusConnectionString, Options());
        await using var sender = client.CreateSender("stress");
        foreach (var chunk in Enumerable.Range(0, Count).Where(i => i % 4 == part).Chunk(50))
        {
            await sender.SendMessagesAsync(chunk.Select(i => Messages.Of($"{i}")), Broker.Token);
        }
    }

    private static async Task ReceiveAsync(
        LocalApp host,
        int seed,
        ConcurrentDictionary<string, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        Random random = new(seed);
        while (!cancellationToken.IsCancellationRequested)
        {
            await using ServiceBusClient client = new(host.ServiceBusConnectionString, Options());
            await using var processor = client.CreateProcessor(
                "stress",
                new ServiceBusProcessorOptions
                {
                    MaxConcurrentCalls = 16,
                    PrefetchCount = random.Next(0, 100),
                    AutoCompleteMessages = false,
                }
            );
            processor.ProcessErrorAsync += _ => Task.CompletedTask;
            processor.ProcessMessageAsync += async args =>
            {
                var id = args.Message.MessageId;
                if (fates.GetValueOrDefault(id) is Fate.Settled or Fate.Doubled)
                {
                    fates[id] = Fate.Doubled;
                }

                try
                {
                    if (args.Message.DeliveryCount == 1 && random.Next(50) == 0)
                    {
                        await args.AbandonMessageAsync(args.Message, cancellationToken: CancellationToken.None);
                        return;
                    }

                    await args.CompleteMessageAsync(args.Message, CancellationToken.None);
                    fates.AddOrUpdate(
                        id,
                        Fate.Settled,
                        (_, fate) => fate == Fate.Uncertain ? Fate.Settled : Fate.Doubled
                    );
                }
                catch (ServiceBusException)
                {
                    fates.TryAdd(id, Fate.Uncertain);
                }
            };
            await processor.StartProcessingAsync(CancellationToken.None);
            try
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(random.Next(300, 900)),
                    TimeProvider.System,
                    cancellationToken
                );
            }
            catch (OperationCanceledException) { }

            await processor.StopProcessingAsync(CancellationToken.None);
        }
    }

    private static ServiceBusClientOptions Options() =>
        new()
        {
            RetryOptions =
            {
                MaxRetries = 10,
                Delay = TimeSpan.FromMilliseconds(20),
                MaxDelay = TimeSpan.FromMilliseconds(200),
                TryTimeout = TimeSpan.FromSeconds(10),
            },
        };

    private static async Task<string> ConfigAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), $"stress-{Environment.ProcessId}.json");
        await File.WriteAllTextAsync(
            path,
            """{"UserConfig":{"Namespaces":[{"Queues":[{"Name":"stress","Properties":{"LockDuration":"PT3S","MaxDeliveryCount":1000,"RequiresDuplicateDetection":true}}]}]}}""",
            Broker.Token
        );
        return path;
    }
}
