using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests;

/// <summary>
/// Disarming removes only a waiting timeout, and no other message that happens to have the same number.
/// </summary>
public sealed class DisarmTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Cannot_take_back_a_timeout_without_its_token()
    {
        await using var app = await App.StartAsync();
        app.Bus.Scheduled[100] = (Timeout(), app.Time.GetUtcNow());
        Assert.Equal(404, (await app.DisarmAsync($"100.{Token.Replace('f', 'e')}")).StatusCode);
        Assert.Single(app.Bus.Scheduled);
    }

    [Fact]
    public async Task Cannot_take_back_a_timeout_of_another_caller()
    {
        await using var app = await App.StartAsync();
        var timeout = Timeout();
        timeout.ApplicationProperties["onrampCancel_caller"] = "shop";
        app.Bus.Scheduled[100] = (timeout, app.Time.GetUtcNow());
        Assert.Equal(404, await DisarmAsync(app, "100"));
        Assert.Single(app.Bus.Scheduled);
    }

    [Fact]
    public async Task Cannot_take_back_a_retry_by_its_number()
    {
        await using var app = await App.StartAsync();
        app.Bus.Scheduled[100] = (new ServiceBusMessage("{}"u8.ToArray()), app.Time.GetUtcNow());
        Assert.Equal(404, await DisarmAsync(app, "100"));
        Assert.Single(app.Bus.Scheduled);
    }

    [Fact]
    public async Task Cannot_take_back_a_neighbour_of_an_unknown_number()
    {
        await using var app = await App.StartAsync();
        app.Bus.Scheduled[100] = (Timeout(), app.Time.GetUtcNow());
        Assert.Equal(404, await DisarmAsync(app, "99"));
        Assert.Equal(404, await DisarmAsync(app, "101"));
        Assert.Single(app.Bus.Scheduled);
    }

    [Fact]
    public async Task Cannot_take_back_a_timeout_that_is_due()
    {
        await using var app = await App.StartAsync();
        app.Bus.Active[100] = Timeout();
        Assert.Equal(404, await DisarmAsync(app, "100"));
    }

    [Theory]
    [InlineData(-1, 404)]
    [InlineData(1, 404)] // It may have fired by the broker's clock.
    // The SDK repeats a cancellation whose response was lost, and then gets "message not found".
    [InlineData(2, 204)]
    public async Task Counts_a_missing_timeout_as_disarmed_only_if_it_cannot_have_fired(int seconds, int status)
    {
        await using var app = await App.StartAsync();
        app.Bus.Scheduled[100] = (Timeout(), app.Time.GetUtcNow().AddSeconds(seconds));
        app.Bus.IsGoneAfterPeek = true;
        Assert.Equal(status, await DisarmAsync(app, "100"));
    }

    [Fact]
    public async Task A_broker_that_is_away_is_a_503_and_not_a_missing_timeout()
    {
        await using var app = await App.StartAsync();
        app.Bus.Scheduled[100] = (Timeout(), app.Time.GetUtcNow());
        app.Bus.Faults["cancel-requests"] = new ServiceBusException(
            "Away",
            ServiceBusFailureReason.ServiceCommunicationProblem
        );
        Assert.Equal(503, await DisarmAsync(app, "100"));
    }

    private static ServiceBusMessage Timeout()
    {
        var message = new ServiceBusMessage("{}"u8.ToArray());
        message.ApplicationProperties["trigger"] = "timeout";
        message.ApplicationProperties["onrampCancel_token"] = Token;
        return message;
    }

    private static async Task<int> DisarmAsync(App app, string id) =>
        (await app.DisarmAsync($"{id}.{Token}")).StatusCode;
}
