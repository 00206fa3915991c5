using Microsoft.Extensions.Time.Testing;

namespace ServiceBusEmulator.Tests;

/// <summary>The in-memory broker behaves as Service Bus does.</summary>
public sealed class BrokerTests : IDisposable
{
    private static readonly QueueSettings Settings = new()
    {
        LockDuration = TimeSpan.FromSeconds(30),
        MaxDeliveryCount = 3,
        DuplicateWindow = TimeSpan.FromMinutes(10),
    };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly MessageQueue _queue;

    public BrokerTests() =>
        _queue = new MessageQueue("queue", Settings, _clock, new MessageQueue("dead", Settings, _clock));

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void Accepts_an_id_again_only_after_it_was_told_to_forget()
    {
        Assert.True(_queue.Send(Message("a")));
        Assert.False(_queue.Send(Message("a")));

        _queue.ForgetIds();

        Assert.True(_queue.Send(Message("a")));
        Assert.False(_queue.Send(Message("a")));
        Assert.Equal(2, _queue.Counts.Ready);
    }

    [Fact]
    public void Delivers_in_order_and_counts()
    {
        _queue.Send(Message("a"));
        _queue.Send(Message("b"));

        var first = _queue.TryReceive()!;
        var second = _queue.TryReceive()!;

        Assert.Equal(("a", 1L, 1), (first.Message.MessageId, first.SequenceNumber, first.DeliveryCount));
        Assert.Equal(("b", 2L), (second.Message.MessageId, second.SequenceNumber));
        Assert.Null(_queue.TryReceive());
        Assert.True(_queue.TryComplete(first));
        Assert.False(_queue.TryComplete(first));
        Assert.Equal(new QueueCounts(0, 1, 0), _queue.Counts);
    }

    [Fact]
    public void Delivers_an_abandoned_message_before_later_ones()
    {
        _queue.Send(Message("a"));
        _queue.Send(Message("b"));

        Assert.True(_queue.TryAbandon(_queue.TryReceive()!));

        var again = _queue.TryReceive()!;
        Assert.Equal(("a", 2), (again.Message.MessageId, again.DeliveryCount));
    }

    [Fact]
    public void Cannot_settle_after_the_lock_has_expired()
    {
        _queue.Send(Message("a"));
        var locked = _queue.TryReceive()!;

        _clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.Null(_queue.TryReceive());
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(_queue.TryComplete(locked));
        Assert.False(_queue.TryAbandon(locked));
        Assert.False(_queue.TryDeadLetter(locked, "reason", "description"));
        Assert.False(_queue.TryRenewLock(locked));
        Assert.Equal(2, _queue.TryReceive()!.DeliveryCount);
    }

    [Fact]
    public void Can_renew_a_lock()
    {
        _queue.Send(Message("a"));
        _queue.Send(Message("b"));
        var renewed = _queue.TryReceive()!;
        _queue.TryReceive();

        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(_queue.TryRenewLock(renewed));
        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("b", _queue.TryReceive()!.Message.MessageId);
        Assert.True(_queue.TryComplete(renewed));
    }

    [Fact]
    public void Dead_letters_a_message_after_the_maximum_delivery_count()
    {
        _queue.Send(Message("a"));
        _queue.TryAbandon(_queue.TryReceive()!);
        _queue.TryReceive();
        _clock.Advance(TimeSpan.FromSeconds(31));
        _queue.TryAbandon(_queue.TryReceive()!);

        Assert.Null(_queue.TryReceive());
        var dead = _queue.DeadLetters!.TryReceive()!;
        Assert.Equal(("a", "MaxDeliveryCountExceeded"), (dead.Message.MessageId, dead.DeadLetterReason));
    }

    [Fact]
    public void Keeps_reason_and_description_of_a_dead_letter()
    {
        _queue.Send(Message("a"));
        Assert.True(_queue.TryDeadLetter(_queue.TryReceive()!, "Reason", "Description"));

        var dead = _queue.DeadLetters!.TryReceive()!;
        Assert.Equal(("Reason", "Description"), (dead.DeadLetterReason, dead.DeadLetterErrorDescription));
        Assert.Equal(default, _queue.Counts);
    }

    [Fact]
    public void Drops_duplicates_within_the_window_even_of_completed_messages()
    {
        Assert.True(_queue.Send(Message("a")));
        _queue.TryComplete(_queue.TryReceive()!);

        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.False(_queue.Send(Message("a")));
        Assert.True(_queue.Send(Message("A")));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_queue.Send(Message("a")));
    }

    [Fact]
    public void Makes_a_scheduled_message_visible_when_it_is_due()
    {
        var now = _clock.GetUtcNow();
        _queue.Schedule(Message("later"), now.AddDays(3));
        _queue.Schedule(Message("sooner"), now.AddMinutes(1));

        _clock.Advance(TimeSpan.FromMinutes(1));
        var sooner = _queue.TryReceive()!;
        Assert.Equal(
            ("sooner", 3L, now.AddMinutes(1)),
            (sooner.Message.MessageId, sooner.SequenceNumber, sooner.EnqueuedTime)
        );
        Assert.Null(_queue.TryReceive());

        _queue.TryComplete(sooner);
        _clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal("later", _queue.TryReceive()!.Message.MessageId);
    }

    [Fact]
    public void Can_cancel_a_scheduled_message_once_and_only_before_it_is_due()
    {
        var due = _clock.GetUtcNow().AddMinutes(1);
        var first = _queue.Schedule(Message("a"), due);
        var second = _queue.Schedule(Message("b"), due);

        Assert.True(_queue.CancelScheduled(first));
        Assert.False(_queue.CancelScheduled(first));
        Assert.False(_queue.CancelScheduled(second, accepts: _ => false));
        Assert.False(_queue.CancelScheduled(99));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_queue.CancelScheduled(second));
        Assert.Equal("b", _queue.TryReceive()!.Message.MessageId);
        Assert.Null(_queue.TryReceive());
    }

    [Fact]
    public void Gives_a_duplicate_schedule_a_number_without_a_message()
    {
        var due = _clock.GetUtcNow().AddMinutes(1);
        var first = _queue.Schedule(Message("a"), due);
        var second = _queue.Schedule(Message("a"), due);

        Assert.NotEqual(first, second);
        Assert.False(_queue.CancelScheduled(second));
        Assert.Equal(1, _queue.Counts.Scheduled);
        Assert.True(_queue.CancelScheduled(first));
    }

    [Fact]
    public void Removes_cancelled_schedules_without_disturbing_the_rest()
    {
        var now = _clock.GetUtcNow();
        var numbers = Enumerable
            .Range(0, 1000)
            .Select(i => _queue.Schedule(Message($"{i}"), now.AddMinutes(1 + i)))
            .ToList();
        foreach (var number in numbers.Where((_, i) => i % 10 != 0))
        {
            Assert.True(_queue.CancelScheduled(number));
        }

        _clock.Advance(TimeSpan.FromMinutes(1000));
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $"{i * 10}"),
            Enumerable.Range(0, 100).Select(_ => _queue.TryReceive()!.Message.MessageId)
        );
    }

    [Fact]
    public async Task Delivers_a_message_to_the_receiver_that_has_waited_longest()
    {
        var token = TestContext.Current.CancellationToken;
        var first = _queue.ReceiveAsync(token);
        using CancellationTokenSource gaveUp = new();
        var second = _queue.ReceiveAsync(gaveUp.Token);
        var third = _queue.ReceiveAsync(token);

        await gaveUp.CancelAsync();
        _queue.Send(Message("a"));
        _queue.Send(Message("b"));

        Assert.Equal("a", (await first).Message.MessageId);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
        Assert.Equal("b", (await third).Message.MessageId);
        Assert.Equal(new QueueCounts(0, 2, 0), _queue.Counts);
    }

    [Fact]
    public async Task Can_wait_for_a_message_no_longer_than_asked()
    {
        var token = TestContext.Current.CancellationToken;
        Assert.Null(await _queue.ReceiveAsync(TimeSpan.Zero, token));
        var waiting = _queue.ReceiveAsync(TimeSpan.FromSeconds(5), token);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await waiting);
        _queue.Send(Message("a"));
        Assert.Equal("a", (await _queue.ReceiveAsync(TimeSpan.FromSeconds(5), token))!.Message.MessageId);
        Assert.Equal(new QueueCounts(0, 1, 0), _queue.Counts);
    }

    [Fact]
    public void Cannot_grow_beyond_its_capacity()
    {
        using MessageQueue small = new("small", Settings with { Capacity = 2 }, _clock);
        small.Send(Message("a"));
        small.Send(Message("b"));
        var (a, b) = (small.TryReceive()!, small.TryReceive()!);
        small.Send(Message("c"));
        small.Send(Message("d"));
        small.Send(Message("e"));
        Assert.Equal(2, small.Counts.Ready);

        Assert.True(small.TryAbandon(b));
        Assert.True(small.TryAbandon(a));

        Assert.Equal(2, small.Counts.Ready);
        Assert.Equal(["a", "e"], [small.TryReceive()!.Message.MessageId, small.TryReceive()!.Message.MessageId]);
    }

    [Fact]
    public void Cannot_remember_an_unlimited_number_of_ids()
    {
        var settings = Settings with { KeptMessages = 2 };
        using MessageQueue queue = new("queue", settings, _clock);
        using MessageTopic topic = new("topic", settings, _clock);
        foreach (var send in (Func<BrokerMessage, bool>[])[queue.Send, topic.Publish])
        {
            Assert.All(Enumerable.Range(0, settings.RememberedIds), i => Assert.True(send(Message($"{i}"))));
            Assert.False(send(Message("0")));
            Assert.True(send(Message("another")));
            Assert.True(send(Message("0")));
            Assert.False(send(Message("another")));
        }
    }

    [Fact]
    public void Publishes_to_every_subscription_once_per_message_id()
    {
        using MessageTopic topic = new("topic", Settings, _clock);
        var one = topic.Subscribe("one");
        var two = topic.Subscribe("two");

        Assert.True(topic.Publish(Message("a")));
        Assert.False(topic.Publish(Message("a")));

        Assert.Same(one, topic.Subscribe("ONE"));
        Assert.Equal((1, 1), (one.Counts.Ready, two.Counts.Ready));
        Assert.Equal("topic/subscriptions/one", one.Name);
    }

    [Fact]
    public async Task Loses_and_repeats_nothing_with_many_receivers()
    {
        const int count = 20_000;
        var seen = new int[count];
        using CancellationTokenSource done = new();
        var receivers = Enumerable
            .Range(0, 8)
            .Select(_ =>
                Task.Run(async () =>
                {
                    try
                    {
                        while (true)
                        {
                            var message = await _queue.ReceiveAsync(done.Token);
                            var number = int.Parse(message.Message.MessageId);
                            if (message.DeliveryCount == 1 && number % 7 == 0)
                            {
                                Assert.True(_queue.TryAbandon(message));
                            }
                            else
                            {
                                Assert.True(_queue.TryComplete(message));
                                Interlocked.Increment(ref seen[number]);
                            }
                        }
                    }
                    catch (OperationCanceledException) { }
                })
            )
            .ToList();

        var senders = Enumerable
            .Range(0, 4)
            .Select(sender =>
                Task.Run(() =>
                {
                    for (var i = sender; i < count; i += 4)
                    {
                        _queue.Send(Message($"{i}"));
                    }
                })
            );
        await Task.WhenAll(senders);
        await _queue.WhenAsync(counts => counts.IsIdle, TestContext.Current.CancellationToken);
        await done.CancelAsync();
        await Task.WhenAll(receivers);

        Assert.All(seen, times => Assert.Equal(1, times));
    }

    [Fact]
    public void Delivers_on_time_after_the_wall_clock_was_set()
    {
        JumpingClock clock = new();
        using MessageQueue queue = new("queue", Settings, clock, new MessageQueue("dead", Settings, clock));
        queue.Schedule(Message("tomorrow"), clock.GetUtcNow().AddDays(1));
        clock.SetWallClock(TimeSpan.FromDays(2));
        queue.Schedule(Message("soon"), clock.GetUtcNow().AddSeconds(5));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("tomorrow", queue.TryReceive()!.Message.MessageId);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("soon", queue.TryReceive()!.Message.MessageId);
    }

    [Fact]
    public void Delivers_on_time_after_the_wall_clock_was_set_back_and_corrected()
    {
        JumpingClock clock = new();
        using MessageQueue queue = new("queue", Settings, clock, new MessageQueue("dead", Settings, clock));
        queue.Schedule(Message("soon"), clock.GetUtcNow().AddSeconds(30));
        clock.SetWallClock(TimeSpan.FromHours(-1));
        queue.Send(Message("meanwhile"));
        clock.SetWallClock(TimeSpan.FromHours(1));

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(new QueueCounts(2, 0, 0), queue.Counts);
    }

    /// <summary>The wall clock is set, so that the timer has not returned the message to the queue yet.</summary>
    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void Cannot_settle_from_the_moment_at_which_the_lock_expires(int ticks, bool isLocked)
    {
        JumpingClock clock = new();
        using MessageQueue queue = new("queue", Settings, clock, new MessageQueue("dead", Settings, clock));
        queue.Send(Message("a"));
        var locked = queue.TryReceive()!;

        clock.SetWallClock(Settings.LockDuration + TimeSpan.FromTicks(ticks));

        Assert.Equal(isLocked, queue.TryComplete(locked));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    public void Cannot_return_to_the_queue_from_the_end_of_the_time_to_live(int ticks, int ready)
    {
        _queue.Send(Message("a") with { TimeToLive = TimeSpan.FromSeconds(10) });
        var locked = _queue.TryReceive()!;

        _clock.Advance(TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(ticks));

        Assert.True(_queue.TryAbandon(locked));
        Assert.Equal(new QueueCounts(ready, 0, 0), _queue.Counts);
    }

    /// <summary>One timer serves three kinds of deadlines, whichever is the earliest.</summary>
    [Theory]
    [InlineData("lock", 2, 0, 1)]
    [InlineData("schedule", 2, 1, 0)]
    [InlineData("time to live", 0, 1, 1)]
    public void Keeps_the_earliest_of_all_deadlines(string earliest, int ready, int locked, int scheduled)
    {
        using MessageQueue queue = new("queue", Settings with { LockDuration = Until("lock") }, _clock);
        queue.Send(Message("locked"));
        queue.TryReceive();
        queue.Schedule(Message("scheduled"), _clock.GetUtcNow() + Until("schedule"));
        queue.Send(Message("expiring") with { TimeToLive = Until("time to live") });

        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(new QueueCounts(1, 1, 1), queue.Counts);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(new QueueCounts(ready, locked, scheduled), queue.Counts);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new QueueCounts(2, 0, 0), queue.Counts);

        TimeSpan Until(string deadline) => TimeSpan.FromSeconds(deadline == earliest ? 10 : 20);
    }

    private static BrokerMessage Message(string id) => new() { MessageId = id };
}
