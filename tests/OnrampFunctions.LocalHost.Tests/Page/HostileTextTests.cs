using System.Text;
using System.Text.Json.Nodes;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>Text from strangers in orders, requests, messages and events stays text.</summary>
[Collection(typeof(PageCollection))]
public sealed class HostileTextTests(HeadlessBrowser browser)
{
    private const string Hostile =
        "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=2</script>&lt;b&gt;"
        + "' onmouseover='window.hacked=3";

    [Fact]
    public async Task Stays_text()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.Host.Simulator.Put("9001", OrderStates.Waiting, Hostile);
        await page.EnterAsync("#order", "9001");
        await page.EnterAsync("#reason", Hostile);
        await page.PressAsync("By HTTP");
        Assert.True(
            page.Host.Broker.Requests.Send(
                new BrokerMessage
                {
                    MessageId = Hostile[..100],
                    Body = Encoding.UTF8.GetBytes(
                        new JsonObject { [Hostile] = 1, ["orderId"] = Hostile }.ToJsonString()
                    ),
                    Properties = new Dictionary<string, object?> { [Hostile] = Hostile, ["trigger"] = Hostile },
                }
            )
        );
        Assert.True(
            page.Host.Broker.Results.Publish(
                new BrokerMessage
                {
                    MessageId = Hostile[..100],
                    CorrelationId = Hostile,
                    Body = Encoding.UTF8.GetBytes(
                        new JsonObject
                        {
                            ["orderId"] = Hostile,
                            ["detail"] = Hostile,
                            ["reason"] = Hostile,
                            ["caller"] = Hostile,
                            ["reasonCode"] = Hostile,
                            ["requestedAt"] = "1970-01-01T00:00:00Z",
                            ["attempts"] = 3,
                        }.ToJsonString()
                    ),
                    Properties = new Dictionary<string, object?> { ["outcome"] = Hostile, ["trigger"] = Hostile },
                }
            )
        );
        Assert.True(
            page.Host.Broker.Results.Publish(
                new BrokerMessage { MessageId = "odd", Body = new byte[] { 0xFF, 0xFE, 0, (byte)'<' } }
            )
        );
        Assert.True(
            page.Host.Broker.Results.Publish(
                new BrokerMessage
                {
                    MessageId = "null",
                    Body = "null"u8.ToArray(),
                    Properties = new Dictionary<string, object?> { ["outcome"] = 7 },
                }
            )
        );

        await page.SeeRowAsync("#outcomes", "9001", "cancelled", Hostile);
        await page.SeeRowAsync("#outcomes", Hostile, $"{Hostile} / {Hostile}");
        await page.SeeRowAsync("#outcomes", "odd", "no outcome");
        await page.SeeRowAsync("#outcomes", "null", "no outcome");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage", "onerror");
        await page.SeeRowAsync("#legend", "other", "3");
        foreach (var number in Enumerable.Range(1, 4))
        {
            await page.PressSelectedAsync($"#outcomes tr:nth-child({number}) button");
            await page.Page.WaitForSelectorAsync("#steps[open]");
            await page.PressAsync("Close");
            await page.Page.WaitForSelectorAsync("#steps:not([open])");
        }

        await page.EnterAsync("#search-order", "9001");
        await page.PressAsync("Search");
        await page.SeeRowAsync("#found-order", "9001", "onerror");
        await page.SeeRowAsync("#found-outcomes", "cancelled", Hostile);
        await page.EnterAsync("#search-order", Hostile);
        await page.PressAsync("Search");
        await page.SeeAsync("#search-said", "An order is an id of 1 to 19 digits");

        Assert.Equal(
            0,
            await page.Page.EvaluateExpressionAsync<int>(
                "document.querySelectorAll('body img, body script, [onerror], [onmouseover]').length"
            )
        );
        Assert.True(await page.Page.EvaluateExpressionAsync<bool>("window.hacked === undefined"));
    }

    [Fact]
    public async Task Cannot_run_even_if_it_got_into_the_page()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.MayComplain = true;
        await page.Page.EvaluateFunctionAsync(
            """
            () => {
              window.refused = new Set();
              document.addEventListener(
                'securitypolicyviolation', event => window.refused.add(event.effectiveDirective));
              const script = document.createElement('script');
              script.textContent = 'window.hacked = 1';
              document.body.append(script);
              document.body.insertAdjacentHTML('beforeend', '<p style="color:red" onclick="window.hacked=2"></p><img src="http://127.0.0.1:9/x.png">');
              document.querySelector('p[onclick]').click();
              fetch('http://127.0.0.1:9/').catch(() => {});
            }
            """
        );

        await page.Page.WaitForFunctionAsync("() => window.refused.size >= 5");
        var refused = await page.Page.EvaluateExpressionAsync<string[]>("[...window.refused].sort()");
        Assert.Equal(["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr"], refused);
        Assert.True(await page.Page.EvaluateExpressionAsync<bool>("window.hacked === undefined"));
    }
}
