namespace ServiceBusEmulator.Tests;

/// <summary>A partitioned queue, with the real .NET client.</summary>
public sealed class PartitionTests : IAsyncLifetime
{
    private const int Partitions = 16;
    private const int Count = 40;

    private RunningEmulator _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync(partitions: Partitions);

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Numbers_have_their_partition_and_are_not_in_the_order_of_time()
    {
        await SendAsync();
        await using var receiver = _emulator.Receiver("orders");

        List<ServiceBusReceivedMessage> received = [];
        while (received.Count < Count)
        {
            received.Add(await receiver.NextAsync());
        }

        Assert.Equal(Ids, received.Select(static message => message.MessageId));
        var numbers = received.Select(static message => message.SequenceNumber).ToList();
        Assert.NotEqual(numbers.Order(), numbers);
        Assert.InRange(numbers.Select(Partition).Distinct().Count(), Partitions / 2, Partitions);
        Assert.All(
            numbers.GroupBy(Partition),
            static partition =>
                Assert.Equal(Enumerable.Range(1, partition.Count()), partition.Select(static number => (int)number))
        );
    }

    [Fact]
    public async Task A_page_ends_with_its_partition_and_the_next_one_continues()
    {
        await SendAsync();
        await using var receiver = _emulator.Receiver("orders");

        List<ServiceBusReceivedMessage> seen = [];
        while (
            await receiver.PeekMessagesAsync(
                Count,
                seen.Count == 0 ? 0 : seen[^1].SequenceNumber + 1,
                RunningEmulator.Token
            )
                is { Count: > 0 } page
        )
        {
            Assert.Single(page.Select(static message => Partition(message.SequenceNumber)).Distinct());
            seen.AddRange(page);
        }

        Assert.Equal(Ids.Order(), seen.Select(static message => message.MessageId).Order());
        Assert.Equal(
            seen.Select(static message => message.SequenceNumber).Order(),
            seen.Select(static message => message.SequenceNumber)
        );
    }

    [Fact]
    public async Task Messages_with_one_partition_key_share_a_partition()
    {
        await _emulator.SendAsync(
            "orders",
            [.. Ids.Select(static id => new ServiceBusMessage { MessageId = id, PartitionKey = "key" })]
        );
        await using var receiver = _emulator.Receiver("orders");

        Assert.Equal(Count, (await receiver.PeekMessagesAsync(Count, 0, RunningEmulator.Token)).Count);
    }

    [Fact]
    public async Task A_number_cancels_its_scheduled_message_and_no_other()
    {
        await using var sender = _emulator.Client.CreateSender("orders");
        var due = _emulator.Clock.GetUtcNow().AddHours(1);
        var numbers = await sender.ScheduleMessagesAsync(Ids.Select(Messages.Of), due, RunningEmulator.Token);
        Assert.Equal(Count, numbers.Distinct().Count());

        await sender.CancelScheduledMessageAsync(numbers[7], RunningEmulator.Token);

        var error = await Assert.ThrowsAsync<ServiceBusException>(() =>
            sender.CancelScheduledMessageAsync(numbers[7], RunningEmulator.Token)
        );
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, error.Reason);
        _emulator.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(
            Ids.Except([Ids[7]]).Order(),
            _emulator.Queue("orders").Peek(0, Count).Select(static entry => entry.Message.MessageId).Order()
        );
    }

    [Fact]
    public async Task Deferred_messages_of_several_partitions_return_by_their_numbers()
    {
        await SendAsync();
        await using var receiver = _emulator.Receiver("orders");
        List<long> numbers = [];
        while (numbers.Count < Count)
        {
            var message = await receiver.NextAsync();
            await receiver.DeferMessageAsync(message, cancellationToken: RunningEmulator.Token);
            numbers.Add(message.SequenceNumber);
        }

        var deferred = await receiver.ReceiveDeferredMessagesAsync(
            [numbers[30], numbers[2], numbers[9]],
            RunningEmulator.Token
        );

        Assert.Equal([Ids[30], Ids[2], Ids[9]], deferred.Select(static message => message.MessageId));
        Assert.Equal(
            Count,
            _emulator.Queue("orders").Peek(0, Count).Select(static entry => entry.SequenceNumber).Distinct().Count()
        );
    }

    private static string[] Ids { get; } = [.. Enumerable.Range(0, Count).Select(static number => $"id-{number}")];

    private static long Partition(long number) => number >> 48;

    private Task SendAsync() => _emulator.SendAsync("orders", [.. Ids.Select(Messages.Of)]);
}
