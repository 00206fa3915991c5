namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>Everything about one order, and about one request.</summary>
[Collection(typeof(PageCollection))]
public sealed class SearchTests(HeadlessBrowser browser)
{
    [Fact]
    public async Task Shows_all_that_is_known_of_an_order_and_follows_it()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.EnterAsync("#order", "1448");
        await page.EnterAsync("#after", "PT59M30S");
        await page.EnterAsync("#reason", "not paid");
        await page.PressAsync("Arm a timeout");

        await SearchAsync(page, "hash:9f86d081884c7d65");

        await page.SeeAsync("#search-said", "Order hash:9f86d081884c7d65, for all callers");
        await page.SeeRowAsync("#found-order", "1448", "waiting", "ends in 29 min", "0 cancelOrder, 0 getOrder");
        await page.SeeRowAsync("#found-order", "timeout armed", "due in 59 min", "an unnamed caller", "“not paid”");
        await page.SeeRowAsync("#found-messages", "timeout scheduled", "1448");
        await page.SeeRowAsync("#found-outcomes", "none");
        await page.SeeRowAsync("#found-calls", "none");

        await page.PressAsync("Disarm the timeout of 1448");
        await page.SeeRowAsync("#found-order", "timeout disarmed", "changed");
        await page.SeeRowAsync("#found-messages", "none");
        await page.PressAsync("Cancel order 1448");
        await page.SeeRowAsync("#found-outcomes", "cancelled", "by http");
        await page.SeeRowAsync("#found-order", "1448", "cancelled", "1 cancelOrder");
        await page.SeeRowAsync("#found-calls", "cancelOrder", "200");
        Assert.DoesNotContain("1443", await page.TextAsync("#found"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_the_search_when_the_page_is_loaded_again()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await SearchAsync(page, "1448");
        await page.SeeRowAsync("#found-order", "1448");
        Assert.Equal("?order=1448", await QueryAsync(page));

        await page.Page.ReloadAsync();
        await page.Page.EvaluateExpressionAsync("window.isFirst = true");
        await page.SeeRowAsync("#found-order", "1448", "waiting");

        await SearchAsync(page, "1443");
        await page.SeeRowAsync("#found-order", "1443");
        await page.Page.GoBackAsync();
        await page.SeeRowAsync("#found-order", "1448");
        await page.PressAsync("Clear");
        await page.SeeAsync("#search-said", "The address keeps the search.");
        Assert.Equal("", await QueryAsync(page));
        Assert.True(await IsHiddenAsync(page, "#found"));
        Assert.Equal("search-order", await page.Page.EvaluateExpressionAsync<string>("document.activeElement.id"));
    }

    [Theory]
    [InlineData("999", "Nothing is known of order 999")]
    [InlineData("hash:c0ffee/?#", "Nothing is known of order hash:c0ffee/?#")]
    [InlineData("order 1443", "An order is an id of 1 to 19 digits")]
    [InlineData("../orders", "An order is an id of 1 to 19 digits")]
    public async Task Says_so_when_there_is_nothing(string order, string sentence)
    {
        await using var page = await OpenPage.StartAsync(browser);
        await SearchAsync(page, "1443");
        await page.SeeRowAsync("#found-order", "1443");

        await SearchAsync(page, order);

        await page.SeeAsync("#search-said", sentence);
        Assert.True(await IsHiddenAsync(page, "#found"));
    }

    [Fact]
    public async Task Shows_older_outcomes_on_request()
    {
        const int outcomes = 21;
        await using var page = await OpenPage.StartAsync(browser);
        foreach (var number in Enumerable.Range(1, outcomes))
        {
            page.Send($"{number}", """{"orderId":"1444"}""");
        }

        await page.SeeAsync("#outcomes-count", $"{outcomes}");
        await SearchAsync(page, "1444");
        await SeeCountAsync(page, outcomes - 1);

        await page.PressAsync("Show older outcomes");

        await SeeCountAsync(page, outcomes);
        Assert.True(await IsHiddenAsync(page, "#found-older"));
    }

    [Fact]
    public async Task Shows_a_request_from_its_retry_to_its_dead_letter_and_its_replay()
    {
        await using var page = await OpenPage.StartAsync(browser, settings: OpenPage.RetryOnRequest);
        await page.CreateAsync("7003");
        await page.BreakProviderAsync();
        await page.PressAsync("By message");
        await page.SeeRowAsync("#entries", "delivery 2 scheduled", "7003");
        await page.PressSelectedAsync("#entries button");
        await page.SeeAsync("#steps-title", "waiting · 7003");
        await page.SeeAsync("#steps-state", "Recorded as waiting since", "next attempt", "after: ");
        await page.SeeAsync("#steps-list", "delivery 2 scheduled, due", "provider cancelOrder → 503 (http503)");

        // The dialog stays open.
        page.RetryNow();
        await page.SeeAsync("#steps-title", "failed · 7003");
        await page.SeeAsync("#steps-list", "dead letter DeliveriesExhausted", "event failed / unavailable published");
        await page.SeeAsync("#steps-list", "retry delivery 2 scheduled", "dead-lettered DeliveriesExhausted");
        await page.SeeAsync("#steps-state", "Recorded as failed");
        Assert.Equal(5, (await TitlesAsync(page, "#steps-axis span")).Length);
        await page.Page.Keyboard.PressAsync("Escape");
        await page.RepairProviderAsync();
        await page.PressSelectedAsync("#dead-letters .split button");
        await page.SeeRowAsync("#outcomes", "7003", "cancelled", "queue");

        await page.PressSelectedAsync("#outcomes button");
        await page.SeeAsync("#steps-title", "cancelled · 7003");
        await page.SeeAsync("#steps-state", "Recorded as cancelled");
        await page.SeeAsync(
            "#steps-list",
            "event cancelled published",
            "event failed / unavailable",
            "received by queue"
        );
        Assert.StartsWith("event cancelled", await NamesAsync(page), StringComparison.Ordinal);
        Assert.EndsWith("received by queue", await NamesAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_requests_about_an_order_over_time()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.CreateAsync("7003");
        await page.EnterAsync("#after", "PT1H");
        await page.PressAsync("Arm a timeout");
        await page.BreakProviderAsync();
        await page.PressAsync("By message");
        await page.SeeRowAsync("#dead-letters", "DeliveriesExhausted", "7003");
        await page.RepairProviderAsync();
        await page.PressAsync("By HTTP");
        await page.SeeRowAsync("#outcomes", "7003", "cancelled");

        await SearchAsync(page, "7003");

        await page.SeeRowAsync("#lanes", "by queue: failed / unavailable, dead letter DeliveriesExhausted");
        await page.SeeRowAsync("#lanes", "by http: cancelled");
        await page.SeeRowAsync("#lanes", "timeout armed");
        await page.SeeRowAsync("#lanes", "calls of the provider");
        var axis = await TitlesAsync(page, "#lanes-axis span");
        Assert.Equal(5, axis.Length);
        Assert.Matches(@"^\d\d:\d\d:\d\d", axis[0]);
        Assert.Equal("+1 h", axis[^1]);
        var marks = await TitlesAsync(page, "#lanes title");
        Assert.Single(marks, static mark => mark.EndsWith(" delivery 2 scheduled", StringComparison.Ordinal));
        Assert.Single(
            marks,
            static mark => mark.EndsWith(" dead letter DeliveriesExhausted", StringComparison.Ordinal)
        );
        Assert.Contains(marks, static mark => mark.EndsWith("cancelOrder → 503 (http503)", StringComparison.Ordinal));
        Assert.Single(marks, static mark => mark.EndsWith("cancelOrder → 200", StringComparison.Ordinal));

        await page.PressAsync("by http: cancelled");
        await page.SeeAsync("#steps-title", "cancelled · 7003");
    }

    [Fact]
    public async Task Finds_a_request_by_its_id()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.Send("customer 42/a", """{"orderId":"1444"}""");
        await page.SeeRowAsync("#outcomes", "1444");

        await SearchAsync(page, "customer 42/a");

        await page.SeeAsync("#search-said", "1 request has the id customer 42/a:");
        await page.SeeAsync("#steps-title", "not_cancellable · 1444");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.PressSelectedAsync("#found-requests button");
        await page.SeeAsync("#steps-title", "not_cancellable · 1444");
        await page.Page.Keyboard.PressAsync("Escape");
        await SearchAsync(page, "1444");
        await page.SeeRowAsync("#found-order", "1444");
        Assert.True(await IsHiddenAsync(page, "#found-requests"));
    }

    [Fact]
    public async Task Shows_a_dead_letter_that_was_never_a_request()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.Send("bad", "1");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage");

        await page.PressSelectedAsync("#dead-letters button");

        await page.SeeAsync("#steps-title", "dead letter · order unknown");
        await page.SeeAsync("#steps-state", "It has no record.");
        await page.SeeAsync("#steps-list", "dead letter InvalidMessage");
    }

    [Fact]
    public async Task Shows_what_became_of_a_request_that_nobody_waited_for()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.EnterAsync("#order", "1443");
        await page.PressAsync("Without waiting");
        await page.SeeAsync("#answer-line", "POST /api/orders/cancel → 202");

        await page.PressAsync("Show the request");

        await page.SeeAsync("#steps-title", "cancelled · 1443");
        await page.SeeAsync("#steps-state", "Recorded as cancelled");
        await page.SeeAsync("#steps-list", "event cancelled published");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.PressAsync("Copy as curl: Without waiting");
        await page.SeeAsync("#answer-text", "-H 'Prefer: respond-async'");
        Assert.True(await IsHiddenAsync(page, "#answer-follow"));
    }

    [Fact]
    public async Task Can_extend_an_order_whose_timeout_follows_it()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.EnterAsync("#order", "1448");
        await page.Page.ClickAsync("#when-expired");
        await page.PressAsync("Arm a timeout");
        await SearchAsync(page, "1448");
        await page.SeeRowAsync("#found-order", "timeout armed", "due in 30 min", "follows the end of the order");

        await page.EnterAsync("#ends-in", "02:00:00");
        await page.PressAsync("Move its end");

        await page.SeeRowAsync("#orders", "1448", "ends in 1 h");
        await page.SeeRowAsync("#found-order", "1448", "ends in 1 h");
        Assert.Equal("9f86d081884c7d65", page.Host.Simulator.Order("1448").Hash);
    }

    private static async Task SearchAsync(OpenPage page, string order)
    {
        await page.EnterAsync("#search-order", order);
        await page.Page.Keyboard.PressAsync("Enter");
    }

    private static Task<string> QueryAsync(OpenPage page) =>
        page.Page.EvaluateExpressionAsync<string>("location.search");

    private static Task<string[]> TitlesAsync(OpenPage page, string selector) =>
        page.Page.EvaluateFunctionAsync<string[]>(
            "selector => [...document.querySelectorAll(selector)].map(node => node.textContent)",
            selector
        );

    private static Task<bool> IsHiddenAsync(OpenPage page, string selector) =>
        page.Page.EvaluateFunctionAsync<bool>("selector => document.querySelector(selector).hidden", selector);

    private static async Task SeeCountAsync(OpenPage page, int count) =>
        await page.Page.WaitForFunctionAsync(
            "count => document.querySelector('#found-outcomes').childElementCount === count",
            count
        );

    /// <summary>The steps without their times.</summary>
    private static Task<string> NamesAsync(OpenPage page) =>
        page.Page.EvaluateExpressionAsync<string>(
            """
            [...document.querySelectorAll('#steps-list li')]
              .map(row => row.innerText.slice('00:00:00.000 '.length).split('\n')[0]).join('\n')
            """
        );
}
