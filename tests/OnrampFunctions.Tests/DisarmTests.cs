using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests;

/// <summary>
/// Disarming takes the alarm back, and no other message that happens to have the same number. The row decides whether
/// the timeout fires, so disarming succeeds in any case.
/// </summary>
public sealed class DisarmTests
{
    [Fact]
    public async Task Takes_the_alarm_back()
    {
        await using var app = await ArmedAsync();
        Assert.Equal(204, await DisarmAsync(app));
        Assert.Empty(app.Bus.Scheduled);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task Cannot_take_back_another_message_with_the_same_number(string? version)
    {
        await using var app = await ArmedAsync();
        ServiceBusMessage other = new("{}"u8.ToArray());
        other.ApplicationProperties["trigger"] = "timeout";
        if (version is not null)
        {
            other.ApplicationProperties["onrampCancel_version"] = version;
        }

        app.Bus.Scheduled[app.Bus.Scheduled.Single().Key] = (other, app.Time.GetUtcNow());
        Assert.Equal(204, await DisarmAsync(app));
        Assert.Single(app.Bus.Scheduled);
    }

    [Fact]
    public async Task Cannot_take_back_a_neighbour_of_a_number_that_is_gone()
    {
        await using var app = await ArmedAsync();
        var (number, alarm) = app.Bus.Scheduled.Single();
        app.Bus.Scheduled.Clear();
        app.Bus.Scheduled[number + 1] = alarm;
        Assert.Equal(204, await DisarmAsync(app));
        Assert.Single(app.Bus.Scheduled);
    }

    [Fact]
    public async Task Disarms_although_the_alarm_is_gone_between_peek_and_cancellation()
    {
        await using var app = await ArmedAsync();
        app.Bus.IsGoneAfterPeek = true;
        Assert.Equal(204, await DisarmAsync(app));
    }

    [Fact]
    public async Task Disarms_although_the_broker_is_away()
    {
        await using var app = await ArmedAsync();
        app.Bus.Faults["cancel-requests"] = new ServiceBusException(
            "Away",
            ServiceBusFailureReason.ServiceCommunicationProblem
        );
        Assert.Equal(204, await DisarmAsync(app));
    }

    private static async Task<App> ArmedAsync()
    {
        var app = await App.StartAsync();
        var armed = App.Request("PUT", """{"after":"PT30M"}""", ("Content-Type", "application/json"));
        Assert.Equal(201, (await app.TimeoutAsync(armed)).StatusCode);
        Assert.Single(app.Bus.Scheduled);
        return app;
    }

    private static async Task<int> DisarmAsync(App app) => (await app.TimeoutAsync(App.Request("DELETE"))).StatusCode;
}
