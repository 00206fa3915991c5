using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OnrampFunctions.Tests;

/// <summary>
/// How outcome events are sent to the topic: immediately while it keeps up, in batches while it does not.
/// </summary>
public sealed class OutcomeSendingTests : IAsyncDisposable
{
    private readonly HeldTopic _topic = new();
    private readonly IOutcomePublisher _publisher;

    public OutcomeSendingTests()
    {
        ServiceCollection services = new();
        services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ServiceBusClient>(_topic)
            .AddServiceBus(
                new ConfigurationBuilder()
                    .AddInMemoryCollection([
                        new("ServiceBus:fullyQualifiedNamespace", "sb-test.servicebus.windows.net"),
                        new("CancelRequestsQueue", "cancel-requests"),
                        new("CancelResultsTopic", "cancel-results"),
                        new("CancelRecordsSubscription", "records"),
                    ])
                    .Build()
            );
        _publisher = services.BuildServiceProvider().GetRequiredService<IOutcomePublisher>();
    }

    [Fact]
    public async Task Sends_immediately_while_the_topic_keeps_up_and_batches_the_rest()
    {
        var published = Publish("abcdefgh");
        Assert.Equal(["a", "b", "c", "d"], Sent);

        _topic.Sends[2].Answer.SetResult();
        await published[2];
        Assert.Equal(["a", "b", "c", "d", "efg"], Sent);
        Assert.All("abdefgh", id => Assert.False(published[id - 'a'].IsCompleted));

        _topic.Sends[4].Answer.SetResult();
        await Task.WhenAll(published[4..7]);
        Assert.Equal("h", Sent[^1]);
    }

    /// <summary>However much room a batch has.</summary>
    [Fact]
    public async Task Sends_at_most_a_hundred_messages_in_a_batch()
    {
        _topic.BatchSize = int.MaxValue;
        var published = Publish(new string('x', 4 + 101));

        _topic.Sends[0].Answer.SetResult();
        await published[0];
        Assert.Equal(100, _topic.Sends[4].MessageIds.Length);

        _topic.Sends[4].Answer.SetResult();
        await published[4];
        Assert.Single(_topic.Sends[5].MessageIds);
    }

    [Fact]
    public async Task Reports_a_refusal_to_exactly_the_senders_in_the_batch()
    {
        var published = Publish("abcdefgh");
        _topic.Sends[0].Answer.SetResult();
        _topic.Sends[4].Answer.SetException(new ServiceBusException("Full.", ServiceBusFailureReason.QuotaExceeded));
        foreach (var refused in published[4..7])
        {
            Assert.Equal(
                ServiceBusFailureReason.QuotaExceeded,
                (await Assert.ThrowsAsync<ServiceBusException>(() => refused)).Reason
            );
        }

        Assert.All("bcdh", id => Assert.False(published[id - 'a'].IsCompleted));
        _topic.Sends[5].Answer.SetResult();
        await published[7];
    }

    [Fact]
    public async Task Does_not_send_what_its_caller_gave_up_before_its_turn()
    {
        using CancellationTokenSource givenUp = new();
        var published = Publish("abcd");
        var late = PublishWith("e", givenUp.Token);
        var patient = Publish("f");
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late[0]);
        _topic.Sends[0].Answer.SetResult();
        await published[0];
        Assert.Equal("f", Sent[^1]);
        Assert.False(patient[0].IsCompleted);
    }

    [Fact]
    public async Task Ends_an_abandoned_send_and_continues_with_the_next()
    {
        using CancellationTokenSource givenUp = new();
        using CancellationTokenSource givenUpToo = new();
        var published = Publish("abcd");
        var batched = PublishWith("e", givenUp.Token).Concat(PublishWith("f", givenUpToo.Token)).ToList();
        _topic.Sends[0].Answer.SetResult();
        await published[0];
        Assert.Equal("ef", Sent[^1]);
        await givenUp.CancelAsync();
        var next = Publish("g");
        Assert.Equal("ef", Sent[^1]);

        await givenUpToo.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(batched));
        Assert.True(SpinWait.SpinUntil(() => Sent[^1] == "g", TimeSpan.FromSeconds(20)));
        Assert.False(next[0].IsCompleted);
    }

    [Fact]
    public async Task An_event_that_no_batch_takes_fails_alone()
    {
        var published = Publish("abcde");
        var tooLarge = _publisher.PublishAsync(Event("f", new byte[101]), TestContext.Current.CancellationToken);
        var after = Publish("g");
        _topic.Sends[0].Answer.SetResult();
        await published[0];
        Assert.Equal("e", Sent[^1]);
        _topic.Sends[4].Answer.SetResult();
        await published[4];
        Assert.Equal(
            ServiceBusFailureReason.MessageSizeExceeded,
            (await Assert.ThrowsAsync<ServiceBusException>(() => tooLarge)).Reason
        );
        Assert.Equal("g", Sent[^1]);
        _topic.Sends[5].Answer.SetResult();
        await after[0];
    }

    public ValueTask DisposeAsync() => _topic.DisposeAsync();

    private string[] Sent => [.. _topic.Sends.Select(static send => string.Concat(send.MessageIds))];

    private Task[] Publish(string ids) => PublishWith(ids, TestContext.Current.CancellationToken);

    private Task[] PublishWith(string ids, CancellationToken cancellationToken) =>
        [.. ids.Select(id => _publisher.PublishAsync(Event($"{id}", [1]), cancellationToken))];

    private static OutboundMessage Event(string id, byte[] body) =>
        new()
        {
            MessageId = id,
            ContentType = "application/json",
            Body = body,
        };
}
