namespace OnrampFunctions.LocalHost.Tests.Samples;

/// <summary>The sample storefronts do what their comments say.</summary>
[Collection<SampleCollection>]
public sealed class StorefrontTests(SampleHost samples)
{
    public static TheoryData<string> Languages => [.. SampleHost.Languages];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Arms_disarms_repeats_and_reports_every_outcome(string language)
    {
        var orders = StorefrontOrders.Of(language);

        var output = await samples.StorefrontAsync(language);

        Assert.Equal(
            [
                $"{orders.Repeated}: timeout armed",
                $"{orders.Repeated}: timeout disarmed",
                $"{orders.Repeated}: cancelled",
                $"{orders.Paid}: too late, its state is 1: refund it instead",
                $"{orders.Unknown}: unknown to Onramp: check the number",
                $"{orders.Refused}: refused",
                $"{orders.Failing}: not known yet: try again later, with the same key",
            ],
            // What follows is the provider's text.
            output.Select(static line => line.Contains("refused:", StringComparison.Ordinal) ? line[..13] : line)
        );
        var simulator = samples.Host.Host.Simulator;
        Assert.Equal(StorefrontOrders.CallsOfRequest + 1, simulator.Order(orders.Repeated).CancelCalls);
        Assert.Equal(5 * StorefrontOrders.CallsOfRequest, simulator.Order(orders.Failing).CancelCalls);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Sends_the_same_key_again(string language)
    {
        await samples.StorefrontAsync(language);
        var order = StorefrontOrders.Of(language).Repeated;

        using HttpClient client = new() { BaseAddress = samples.Host.Host.BaseAddress };
        using var request = RunningHost.Request(
            HttpMethod.Post,
            "/api/orders/cancel",
            """{"orderId":"1443"}""",
            ("Idempotency-Key", $"cancel-{order}")
        );
        using var response = await client.SendAsync(request, RunningHost.Token);

        Assert.Contains(
            "idempotency-key-reused",
            await response.Content.ReadAsStringAsync(RunningHost.Token),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_sample_is_shorter_than_60_lines() =>
        Assert.All(SampleProgram.Sources(), static source => Assert.InRange(source.Lines, 20, 59));

    [Theory]
    [InlineData("http.md", "storefront")]
    [InlineData("queue-and-events.md", "order-system")]
    public async Task The_guides_show_the_shortest_sample(string guide, string name)
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "documents", guide),
            RunningHost.Token
        );
        var shortest = SampleProgram
            .Sources()
            .Where(source => source.File.Contains(name, StringComparison.OrdinalIgnoreCase))
            .MinBy(static source => source.Lines);

        Assert.Contains(await File.ReadAllTextAsync(shortest.File, RunningHost.Token), text, StringComparison.Ordinal);
    }
}
