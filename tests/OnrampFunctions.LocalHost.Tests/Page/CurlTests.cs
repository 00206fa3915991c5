using System.Diagnostics;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>A copied command does the same in a shell as the button.</summary>
[Collection(typeof(PageCollection))]
public sealed class CurlTests(HeadlessBrowser browser)
{
    private const string Shell = "/bin/sh";

    [Fact]
    public async Task Can_be_run_as_it_is_copied()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl") && File.Exists(Shell), "curl was not found at /usr/bin/curl.");
        await using var page = await OpenPage.StartAsync(browser);
        const string Reason = "it's \"odd\" `id` $HOME \\ é";
        await page.EnterAsync("#order", "8001");
        await page.EnterAsync("#reason", Reason);

        await RunAsync(page, "Copy as curl: Create the order", "PUT");
        await page.SeeRowAsync("#orders", "8001", "waiting");
        await RunAsync(page, "Copy as curl: By HTTP", "/api/orders/cancel");
        await page.SeeRowAsync("#outcomes", "8001", "cancelled", Reason);
        await RunAsync(page, "Copy as curl: By message", "/cancel-requests/messages");
        await page.SeeRowAsync("#outcomes", "8001", "cancelled", "queue", Reason);
        await RunAsync(page, "Copy as curl: As a webhook", "cloudevents");
        await page.SeeRowAsync("#outcomes", "8001", "cancelled", "webhook", Reason);
        await RunAsync(page, "Copy as curl: Arm a timeout", "PT30S");
        await page.SeeRowAsync("#entries", "timeout scheduled");
        await RunAsync(page, await NameAsync(page, "#entries .curl"), "DELETE");
        await page.SeeEmptyAsync("#entries");
        await RunAsync(page, "Copy as curl: Switch on", "http503");
        await page.SeeRowAsync("#faults", "http503");
        await RunAsync(page, "Copy as curl: Off http503", "\"rates\":{\"http503\":0}");
        await page.SeeEmptyAsync("#faults");

        page.Send("bad-1", "1");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage");
        await RunAsync(page, await NameAsync(page, "#dead-letters span:nth-child(2) .curl"), "DELETE");
        await page.SeeEmptyAsync("#dead-letters");
        page.Send("bad-2", "1");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage");
        var replay = await NameAsync(page, "#dead-letters .curl");
        await RunAsync(page, replay, "/replay");

        // It is still invalid, so it returns with another number.
        await page.Page.WaitForFunctionAsync(
            "name => document.querySelector('#dead-letters .curl')?.getAttribute('aria-label') !== name",
            replay
        );
        Assert.NotEqual(replay, await NameAsync(page, "#dead-letters .curl"));
    }

    private static async Task<string> NameAsync(OpenPage page, string selector)
    {
        await page.Page.WaitForSelectorAsync(selector);
        return await page.Page.EvaluateFunctionAsync<string>(
            "selector => document.querySelector(selector).getAttribute('aria-label')",
            selector
        );
    }

    private static async Task RunAsync(OpenPage page, string button, string part)
    {
        await page.PressAsync(button);
        await page.SeeAsync("#answer-text", "curl -i ", part);
        using var process = Process.Start(
            new ProcessStartInfo(Shell)
            {
                ArgumentList =
                {
                    "-c",
                    (await page.TextAsync("#answer-text")).Replace(
                        "curl -i",
                        "curl -sS -o /dev/null --fail",
                        StringComparison.Ordinal
                    ),
                },
                RedirectStandardError = true,
            }
        )!;
        var errors = await process.StandardError.ReadToEndAsync(OpenPage.Token);
        await process.WaitForExitAsync(OpenPage.Token);
        Assert.True(process.ExitCode == 0, errors);
    }
}
