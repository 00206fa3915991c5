using PuppeteerSharp;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>What the page shows at the first look, on a large screen and on a phone.</summary>
[Collection(typeof(PageCollection))]
public sealed class StateTests(HeadlessBrowser browser)
{
    private const int MaxSeconds = 120;

    [Fact]
    public async Task Can_be_tried_with_the_first_click()
    {
        await using var page = await OpenPage.StartAsync(browser);

        await page.PressSelectedAsync("button.strong");

        await page.SeeRowAsync("#outcomes", "1443", "cancelled", "http");
        Assert.Equal(1, await CountAsync(page, ".strong"));
    }

    [Fact]
    public async Task Shows_the_state_of_everything_in_one_strip()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.SeeAsync("#strip-provider", "simulated");
        await page.SeeAsync("#strip-circuit", "closed");
        await page.SeeAsync("#strip-queue", "0 waiting, 0 scheduled");
        await page.SeeAsync("#strip-dead-letters", "0");
        await page.SeeAsync("#strip-faults", "none");
        await page.SeeAsync("#connection", "updates: live");

        await page.PressAsync("Arm a timeout");
        page.Send("bad", "1");
        page.Host.Vault.State = VaultState.Forbidden;
        await page.Page.SelectAsync("#topic-state", "hang");
        await page.SeeAsync("#strip-faults", "topic hang");
        await page.PressAsync("Switch on");
        await page.SeeAsync("#strip-queue", "1 scheduled");
        await page.SeeAsync("#strip-dead-letters", "1");
        await page.SeeAsync("#strip-faults", "http503 always", "topic hang", "vault forbidden");
        Assert.DoesNotContain("none", await page.TextAsync("#strip"), StringComparison.Ordinal);
        Assert.DoesNotContain("queue ok", await page.TextAsync("#strip"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_that_the_circuit_is_open()
    {
        const int failures = 30;
        await using var page = await OpenPage.StartAsync(browser);
        await page.BreakProviderAsync();
        foreach (var number in Enumerable.Range(1, failures))
        {
            page.Send($"{number}", """{"orderId":"1443"}""");
        }

        await page.SeeAsync("#strip-circuit", "open");
    }

    [Fact]
    public async Task Shows_the_state_first_on_a_phone_and_folds_the_forms()
    {
        await using var page = await OpenPage.StartAsync(browser);
        Assert.Equal(0, await CountAsync(page, "details.fold:not([open])"));

        await page.Page.SetViewportAsync(new ViewPortOptions { Width = 390, Height = 740 });

        await page.Page.WaitForSelectorAsync("details.fold:not([open])");
        Assert.Equal(3, await CountAsync(page, "details.fold:not([open])"));
        var order = await page.Page.EvaluateExpressionAsync<string[]>(
            """
            ['strip', 'timeline-title', 'faults-title', 'try-title', 'one-title']
              .map(id => [id, document.getElementById(id).getBoundingClientRect().top])
              .sort(([, one], [, other]) => one - other)
              .filter(([, top]) => top < innerHeight)
              .map(([id]) => id)
            """
        );
        Assert.Equal(["strip", "one-title", "try-title", "faults-title", "timeline-title"], order);
        await page.PressSelectedAsync("summary:has(#try-title)");
        await page.PressAsync("By HTTP");
        await page.SeeRowAsync("#outcomes", "1443", "cancelled");
    }

    [Fact]
    public async Task Tells_how_many_outcomes_a_second_had()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.PressAsync("By HTTP");
        await page.SeeRowAsync("#legend", "cancelled", "1");
        await page.SeeAsync("#scale-top", "1");
        await page.SeeAsync("#peak", "at most 1");

        await page.Page.FocusAsync("#chart");
        for (var second = 0; second < MaxSeconds; second++)
        {
            await page.Page.Keyboard.PressAsync("ArrowLeft");
            if ((await page.TextAsync("#second")).EndsWith("1 cancelled", StringComparison.Ordinal))
            {
                await page.Page.FocusAsync("#order");
                Assert.Equal(1, await CountAsync(page, "#second[hidden]"));
                return;
            }
        }

        Assert.Fail("No second has the outcome.");
    }

    [Fact]
    public async Task Says_what_its_metrics_count_and_shows_key_and_signature_on_request()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.PressAsync("By HTTP");
        await page.SeeAsync("#metrics-since", "counted since this page was first opened, at ");
        await page.SeeRowAsync("#metrics", "circuit.state", "0 now");
        await page.SeeRowAsync("#calls", "1443", "cancelOrder", "200");
        Assert.DoesNotContain("…", await page.TextAsync("#calls"), StringComparison.Ordinal);

        await page.PressSelectedAsync("#calls summary");

        await page.SeeAsync("#calls pre", "X-ONRAMP-APIKEY: te… (8)", "X-ONRAMP-SIGNATURE: ", "… (128)");
    }

    [Fact]
    public async Task Filters_the_lists_by_order_request_and_outcome()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.Send("request-1", """{"orderId":"1443"}""");
        page.Send("request-2", """{"orderId":"1444"}""");
        page.Send("bad", """{"orderId":"1444","x":1}""");
        await page.SeeRowAsync("#outcomes", "1443", "cancelled");
        await page.SeeRowAsync("#outcomes", "1444", "not_cancellable");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage");

        await page.EnterAsync("#filter-text", "1444");
        await page.SeeAsync("#outcomes-count", "1 of the newest 2 match the filter");
        await page.SeeAsync("#orders-count", "1 of the newest 6 match the filter");
        Assert.DoesNotContain("1443", await page.TextAsync("#outcomes, #orders, #calls"), StringComparison.Ordinal);
        await page.SeeRowAsync("#calls", "1444");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage");

        await page.EnterAsync("#filter-text", "request-1");
        await page.SeeAsync("#orders-count", "0 of the newest 6");
        await page.SeeAsync("#dead-letters-count", "0 of the oldest 1");
        Assert.DoesNotContain("1444", await page.TextAsync("#outcomes"), StringComparison.Ordinal);
        await page.SeeRowAsync("#outcomes", "1443", "cancelled");

        await page.EnterAsync("#filter-text", "");
        await page.Page.SelectAsync("#filter-outcome", "not_cancellable");
        await page.SeeAsync("#outcomes-count", "1 of the newest 2");
        Assert.DoesNotContain("1443", await page.TextAsync("#outcomes"), StringComparison.Ordinal);
        await page.SeeAsync("#orders", "1443");
        await page.Page.SelectAsync("#filter-outcome", "");
        await page.SeeRowAsync("#outcomes", "1443", "cancelled");
    }

    private static Task<int> CountAsync(OpenPage page, string selector) =>
        page.Page.EvaluateFunctionAsync<int>("selector => document.querySelectorAll(selector).length", selector);
}
