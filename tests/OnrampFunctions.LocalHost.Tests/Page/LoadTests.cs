using System.Diagnostics;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>
/// With ten thousand outcomes the page stays responsive, and neither the page nor the memory of the host grows.
/// </summary>
[Collection(typeof(PageLoadCollection))]
public sealed class LoadTests(HeadlessBrowser browser, ITestOutputHelper output)
{
    private const int Outcomes = 10_000;

    [Fact]
    public async Task Stays_responsive_and_small_while_ten_thousand_outcomes_pass()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await PublishAsync(page, "warm", 500);
        await page.SeeAsync("#outcomes-count", "of 500");

        // Measures the processor time of the page instead of elapsed time, because the machine may be busy.
        await page.Page.Client.SendAsync("Performance.disable");
        await page.Page.Client.SendAsync(
            "Performance.enable",
            new Dictionary<string, string> { ["timeDomain"] = "threadTicks" }
        );
        var before = await MeasureAsync(page);

        var watch = Stopwatch.StartNew();
        await page.CreateAsync("9999998");
        var createdAtRest = watch.Elapsed;
        watch.Restart();
        var publishing = Task.Run(
            async () =>
            {
                await PublishAsync(page, "event", Outcomes);
                return watch.Elapsed;
            },
            OpenPage.Token
        );
        await page.CreateAsync("9999999");
        var created = watch.Elapsed;
        var published = await publishing;
        await page.SeeAsync("#outcomes-count", $"the newest 100 of {Outcomes + 500}");
        var seen = watch.Elapsed;
        await page.SeeRowAsync("#legend", "cancelled", "10,500");

        var after = await MeasureAsync(page);
        var busy = after.Busy - before.Busy;
        output.WriteLine(
            $"order typed, created and seen after {created.TotalMilliseconds:F0} ms, "
                + $"{createdAtRest.TotalMilliseconds:F0} ms at rest; {Outcomes} published in "
                + $"{published.TotalMilliseconds:F0} ms, the last seen "
                + $"{(seen - published).TotalMilliseconds:F0} ms later"
        );
        output.WriteLine(
            $"the page was busy for {busy.TotalMilliseconds:F0} ms; "
                + $"elements {before.Nodes} before, {after.Nodes} after; "
                + $"script memory {before.Heap / 1024:F0} KiB before, {after.Heap / 1024:F0} KiB after"
        );
        Assert.True(
            created < createdAtRest + TimeSpan.FromSeconds(3),
            $"An order was seen after {created.TotalMilliseconds:F0} ms, "
                + $"at rest after {createdAtRest.TotalMilliseconds:F0} ms."
        );
        Assert.True(busy < TimeSpan.FromSeconds(1.5), $"The page was busy for {busy.TotalMilliseconds:F0} ms.");
        Assert.True(
            seen - published < TimeSpan.FromSeconds(5),
            $"The last outcome was seen {(seen - published).TotalMilliseconds:F0} ms late."
        );
        Assert.InRange(after.Nodes, 1, before.Nodes + 200);
        Assert.InRange(after.Heap, 1, before.Heap + (8 * 1024 * 1024));
    }

    // In batches, as services publish, over a second or two, so that the page renders many times.
    private static async Task PublishAsync(OpenPage page, string name, int count)
    {
        foreach (var number in Enumerable.Range(0, count))
        {
            Assert.True(
                page.Host.Broker.Results.Publish(
                    new BrokerMessage
                    {
                        MessageId = $"{name}-{number}",
                        Body = Encoding.UTF8.GetBytes(
                            $$"""
                            {"requestId":"{{name}}-{{number}}","orderId":"{{number}}","outcome":"cancelled",
                            "attempts":1,"trigger":"queue","requestedAt":"2026-01-01T00:00:00Z",
                            "completedAt":"2026-01-01T00:00:00Z"}
                            """
                        ),
                        Properties = new Dictionary<string, object?>
                        {
                            ["outcome"] = "cancelled",
                            ["trigger"] = "queue",
                        },
                    }
                )
            );
            if (number % 250 == 249)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, OpenPage.Token);
            }
        }
    }

    private static async Task<(double Nodes, double Heap, TimeSpan Busy)> MeasureAsync(OpenPage page)
    {
        await page.Page.Client.SendAsync("HeapProfiler.collectGarbage");
        var metrics = await page.Page.MetricsAsync();
        return (
            await page.Page.EvaluateExpressionAsync<double>("document.querySelectorAll('*').length"),
            (double)metrics["JSHeapUsedSize"],
            TimeSpan.FromSeconds((double)metrics["TaskDuration"])
        );
    }
}
