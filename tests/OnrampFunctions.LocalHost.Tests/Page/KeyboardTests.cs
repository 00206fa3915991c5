namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>The page works without a mouse.</summary>
[Collection(typeof(PageCollection))]
public sealed class KeyboardTests(HeadlessBrowser browser)
{
    // More than the page has, so that the test ends if a button is unreachable.
    private const int MostTabs = 300;

    [Fact]
    public async Task Can_create_cancel_and_look_at_an_order_by_keyboard_alone()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await TabToAsync(page, "order");
        await page.Page.Keyboard.DownAsync("Control");
        await page.Page.Keyboard.PressAsync("a");
        await page.Page.Keyboard.UpAsync("Control");
        await page.Page.Keyboard.TypeAsync("7101");
        await TabToAsync(page, "Create the order");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeeRowAsync("#orders", "7101", "waiting");
        await TabToAsync(page, "By message");
        await page.Page.Keyboard.PressAsync("Space");
        await page.SeeRowAsync("#outcomes", "7101", "cancelled");

        await TabToAsync(page, "Show the steps of order 7101");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeeAsync("#steps-title", "7101");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.WaitForSelectorAsync("#steps:not([open])");

        Assert.Equal("Show the steps of order 7101", await FocusedAsync(page));
    }

    [Fact]
    public async Task Keeps_the_focus_while_rows_come_and_go()
    {
        await using var page = await OpenPage.StartAsync(browser);
        foreach (var number in Enumerable.Range(1, 3))
        {
            page.Send($"bad-{number}", "1");
        }

        await page.SeeAsync("#dead-lettered", "3");
        await page.Page.FocusAsync("#dead-letters li:nth-child(2) [aria-label^='Remove']");
        var focused = await FocusedAsync(page);
        page.Send("bad-4", "1");
        await page.SeeAsync("#dead-lettered", "4");
        Assert.Equal(focused, await FocusedAsync(page));

        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeeAsync("#dead-lettered", "3");
        Assert.True(
            await page.Page.EvaluateExpressionAsync<bool>("document.activeElement.closest('#dead-letters') !== null")
        );
    }

    private static async Task TabToAsync(OpenPage page, string name)
    {
        for (var tabs = 0; tabs < MostTabs; tabs++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            if (await FocusedAsync(page) == name)
            {
                return;
            }
        }

        Assert.Fail($"{name} is not reached by Tab.");
    }

    private static Task<string> FocusedAsync(OpenPage page) =>
        page.Page.EvaluateExpressionAsync<string>(
            "(node => node.getAttribute('aria-label') || node.id || node.textContent)(document.activeElement)"
        );
}
