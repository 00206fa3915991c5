using System.Collections.Concurrent;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// Many messages while senders, processors and connections come and go: none is lost, and none is delivered again after
/// it was settled. The environment variable <c>STRESS_MESSAGES</c> sets their number, 5,000 by default.
/// </summary>
public sealed class StressTests
{
    private enum Fate
    {
        Unknown = 0,
        Uncertain,
        Settled,
        Repeated,
    }

    private static readonly int Count = int.TryParse(
        Environment.GetEnvironmentVariable("STRESS_MESSAGES"),
        out var count
    )
        ? count
        : 5_000;

    [Fact]
    public async Task Loses_and_repeats_nothing_while_everything_stops_and_reconnects()
    {
        InjectedFaults faults = new();
        faults.Inject((OperationFault.ConnectionDropped, 10.0 / Count), (OperationFault.LinkDetached, 20.0 / Count));

        // Locks that a lost connection leaves behind expire by the real clock: soon.
        QueueSettings settings = new() { LockDuration = TimeSpan.FromSeconds(3), MaxDeliveryCount = 1000 };
        BrokerEntities entities = new([new QueueDescription("stress", settings)], [], []);
        await using var host = await Emulator.StartAsync(
            new EmulatorOptions { Entities = entities, Faults = faults },
            RunningEmulator.Token
        );

        ConcurrentDictionary<string, Fate> fates = new();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(RunningEmulator.Token);
        var receiving = Enumerable.Range(0, 3).Select(i => ReceiveAsync(host, i, fates, ended.Token)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(part => SendAsync(host, part)));
        Assert.True(host.Broker.TryFind("stress", out var queue));
        await queue
            .WhenAsync(counts => counts.IsIdle, RunningEmulator.Token)
            .WaitAsync(TimeSpan.FromMinutes(2), RunningEmulator.Token);
        await ended.CancelAsync();
        await Task.WhenAll(receiving);

        Assert.Equal(Count, fates.Count);
        Assert.Empty(fates.Where(fate => fate.Value == Fate.Repeated).Select(fate => fate.Key));

        // If the connection broke during a settlement, the client only reports a lost lock; the message did not come
        // again, so it was settled.
        Assert.InRange(fates.Values.Count(fate => fate == Fate.Uncertain), 0, Count / 20);
        Assert.Equal(default, queue.DeadLetters!.Counts);
        Assert.True(faults.CountOf(OperationFault.ConnectionDropped) > 2);
    }

    private static async Task SendAsync(Emulator host, int part)
    {
        await using ServiceBusClient client = new(host.ConnectionString, Options());
        await using var sender = client.CreateSender("stress");
        foreach (var chunk in Enumerable.Range(0, Count).Where(i => i % 4 == part).Chunk(50))
        {
            await sender.SendMessagesAsync(chunk.Select(i => Messages.Of($"{i}")), RunningEmulator.Token);
        }
    }

    private static async Task ReceiveAsync(
        Emulator host,
        int seed,
        ConcurrentDictionary<string, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        Random random = new(seed);
        while (!cancellationToken.IsCancellationRequested)
        {
            await using ServiceBusClient client = new(host.ConnectionString, Options());
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
                if (fates.GetValueOrDefault(id) is Fate.Settled or Fate.Repeated)
                {
                    fates[id] = Fate.Repeated;
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
                        (_, fate) => fate == Fate.Uncertain ? Fate.Settled : Fate.Repeated
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
                    TimeSpan.FromMilliseconds(random.Next(100, 300)),
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
}
