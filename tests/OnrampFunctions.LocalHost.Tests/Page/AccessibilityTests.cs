using System.Text.Json;
using Deque.AxeCore.Commons;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>
/// The rules of axe, which include WCAG 2.2 and best practices, in both colour schemes and at the width of a phone.
/// </summary>
[Collection(typeof(PageCollection))]
public sealed class AccessibilityTests(HeadlessBrowser browser)
{
    [Theory]
    [InlineData("light", 1400)]
    [InlineData("dark", 1400)]
    [InlineData("light", 390)]
    public async Task Breaks_no_rule(string scheme, int width)
    {
        await using var page = await OpenPage.StartAsync(browser, scheme);
        await page.ResizeAsync(width, 900);
        // By the debugger, because the content security policy of the page blocks the script.
        await page.Page.EvaluateExpressionAsync(new BundledAxeScriptProvider().GetScript());
        if (scheme == "dark")
        {
            await AssertAccessibleAsync(page, "empty");
        }

        page.Send("bad", "1");
        await page.PressAsync("Switch on");
        await page.PressAsync("Arm a timeout");
        await page.PressAsync("Cancel order 1443");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage");
        await page.SeeRowAsync("#faults", "http503");
        await page.SeeRowAsync("#entries", "timeout");
        await page.SeeRowAsync("#outcomes", "1443");
        await AssertAccessibleAsync(page, "with something of everything");

        await page.Page.EvaluateExpressionAsync("document.querySelector('#outcomes button').click()");
        await page.Page.WaitForSelectorAsync("#steps[open]");
        await AssertAccessibleAsync(page, "with the steps of a request");
        await page.PressAsync("Close");

        await page.EnterAsync("#search-order", "1443");
        await page.PressAsync("Search");
        await page.SeeRowAsync("#found-order", "timeout armed");
        await AssertAccessibleAsync(page, "with an order");
        await page.PressSelectedAsync("#found-order .link");
        await page.SeeAsync("#steps-list", "timeout scheduled, due");
        await AssertAccessibleAsync(page, "with the steps of a request that waits");
    }

    [Fact]
    public async Task Fits_a_phone()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.ResizeAsync(360, 740);
        await page.PressAsync("Cancel order 1443");
        await page.SeeRowAsync("#outcomes", "1443");
        await page.EnterAsync("#search-order", "1448");
        await page.PressAsync("Search");
        await page.SeeRowAsync("#found-order", "hash:9f86d081884c7d65");

        Assert.True(await page.Page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth") <= 360);
    }

    private static async Task AssertAccessibleAsync(OpenPage page, string state)
    {
        var found = await page.Page.EvaluateFunctionAsync<JsonElement>(
            """
            async () => (await axe.run(document)).violations.map(
              rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).slice(0, 3).join(' ')}`)
            """
        );
        Assert.True(
            found.GetArrayLength() == 0,
            $"The page {state}: {string.Join(Environment.NewLine, found.EnumerateArray())}"
        );
    }
}
