using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Of two waits, the longer one is taken, in whichever place it stands.</summary>
public sealed class WaitChoiceTests
{
    private const string Body = """{"orderId":"1443"}""";

    /// <summary>What cancelOrder and getOrder ask for.</summary>
    [Theory]
    [InlineData("7", "40", 40)]
    [InlineData("40", "7", 40)]
    [InlineData("7", null, 7)]
    [InlineData(null, "7", 7)]
    [InlineData("7", "7", 7)]
    [InlineData(null, null, null)]
    public async Task The_longer_wait_of_two_answers_counts(string? cancel, string? read, int? expected)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.OnCancel(TooMany(cancel)).OnGet(TooMany(read));
        Assert.Equal(expected, (int?)(await service.CancelAsync()).RetryAfter?.TotalSeconds);

        static Answer TooMany(string? retryAfter) =>
            retryAfter is null ? Answers.TooMany : Answers.WithRetryAfter(Answers.TooMany, retryAfter);
    }

    /// <summary>
    /// The delay of the schedule, the wait that was asked for, and between which values all waits are: jitter shortens
    /// and lengthens our own delay, and only lengthens what was asked for.
    /// </summary>
    [Theory]
    [InlineData(100, null, 80, 120)]
    [InlineData(100, 10, 80, 120)]
    [InlineData(10, 100, 100, 120)]
    [InlineData(100, 100, 100, 120)]
    [InlineData(10, 3600, 3600, 4320)]
    [InlineData(10, 3601, 3600, 4320)]
    [InlineData(10, 86_400, 3600, 4320)]
    [InlineData(7200, 86_400, 5760, 8640)]
    public async Task Jitter_is_only_added_to_a_wait_that_was_asked_for(int own, int? asked, int least, int most)
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__RetryDelays__0", TimeSpan.FromSeconds(own).ToString())
        );
        service.Provider.Otherwise = asked is null
            ? Answers.TooMany
            : Answers.WithRetryAfter(Answers.TooMany, $"{asked}");
        for (var message = 0; message < 200; message++)
        {
            await service.HandleAsync(Body, messageId: $"message-{message}");
        }

        List<double> waits =
        [
            .. service.Queue.Scheduled.Values.Select(copy => (copy.DueAt - service.Time.GetUtcNow()).TotalSeconds),
        ];
        Assert.All(waits, wait => Assert.InRange(wait, least, most));
        // The whole range is used.
        Assert.InRange(waits.Min(), least, least + ((most - least) * 0.2));
        Assert.InRange(waits.Max(), most - ((most - least) * 0.2), most);
    }

    /// <summary>The age at which retries end, and the number of retries, one every five seconds.</summary>
    [Theory]
    [InlineData("00:00:00", 0)]
    [InlineData("00:00:00.0000001", 1)]
    [InlineData("00:00:05", 1)]
    [InlineData("00:00:05.0000001", 2)]
    [InlineData("00:00:10", 2)]
    public async Task A_message_is_not_delivered_again_at_the_age_at_which_retries_end(string giveUpAfter, int copies)
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__RetryDelays__0", "00:00:05"),
            ("Queue__RetryJitter", "0"),
            ("Queue__GiveUpAfter", giveUpAfter)
        );
        service.Provider.Otherwise = Answers.TooMany;
        var settlement = await service.HandleAsync(Body);
        for (var copy = 1; copy <= copies; copy++)
        {
            Assert.Equal(SettlementKind.Complete, settlement.Kind);
            service.Time.Advance(TimeSpan.FromSeconds(5));
            settlement = await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[copy].Message));
        }

        Assert.Equal(SettlementKind.DeadLetter, settlement.Kind);
    }

    /// <summary>What is left of the life of a message in milliseconds, and the wait.</summary>
    [Theory]
    [InlineData(5500, null, 5000.0)]
    [InlineData(5499, null, 2749.5)]
    [InlineData(1000, null, 500.0)]
    [InlineData(999, null, null)]
    [InlineData(5499, 2, 2749.5)]
    [InlineData(5499, 3, null)]
    [InlineData(20_500, 20, 20_000.0)]
    [InlineData(20_499, 20, null)]
    public async Task A_message_is_delivered_again_before_it_expires_or_not_at_all(int left, int? asked, double? wait)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"), ("Queue__RetryJitter", "0"));
        service.Provider.Otherwise = asked is null
            ? Answers.TooMany
            : Answers.WithRetryAfter(Answers.TooMany, $"{asked}");
        await service.HandleAsync(
            new InboundMessage
            {
                MessageId = "message-1",
                Body = Encoding.UTF8.GetBytes(Body),
                EnqueuedTime = service.Time.GetUtcNow(),
                TimeToLive = TimeSpan.FromMilliseconds(left),
            }
        );
        Assert.Equal(
            wait,
            service
                .Queue.Scheduled.Values.Select(copy =>
                    (double?)(copy.DueAt - service.Time.GetUtcNow()).TotalMilliseconds
                )
                .SingleOrDefault()
        );
    }
}
