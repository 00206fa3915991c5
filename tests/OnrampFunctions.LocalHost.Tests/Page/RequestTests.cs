namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>Every action of the page, whose result appears without reloading it.</summary>
[Collection(typeof(PageCollection))]
public sealed class RequestTests(HeadlessBrowser browser)
{
    [Theory]
    [InlineData("By HTTP", "http")]
    [InlineData("By message", "queue")]
    [InlineData("As a webhook", "webhook")]
    public async Task Can_create_an_order_and_cancel_it(string button, string trigger)
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.CreateAsync("7001");

        await page.EnterAsync("#reason", "changed my mind");
        await page.PressAsync(button);

        await page.SeeRowAsync("#outcomes", "7001", "cancelled", trigger, "changed my mind");
        await page.SeeRowAsync("#orders", "7001", "cancelled", "1 cancel", "0 get");
        await page.SeeRowAsync("#calls", "7001", "cancelOrder", "200");
        await page.SeeRowAsync("#legend", "cancelled", "1");
        await page.SeeRowAsync("#metrics", "provider.call.duration", "operation=cancelOrder");
        Assert.Equal(OrderStates.Cancelled, page.Host.Simulator.Order("7001").Status);
    }

    [Fact]
    public async Task Cannot_cancel_a_paid_order()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.PressAsync("Paid order 1448");
        await page.SeeRowAsync("#orders", "1448", "paid");
        Assert.Equal("9f86d081884c7d65", page.Host.Simulator.Order("1448").Hash);

        await page.EnterAsync("#order", "1448");
        await page.PressAsync("By HTTP");

        await page.SeeRowAsync("#outcomes", "1448", "not_cancellable", "http");
        await page.SeeAsync("#answer-line", "POST /api/orders/cancel → 409");
        Assert.Equal(OrderStates.Paid, page.Host.Simulator.Order("1448").Status);
    }

    [Fact]
    public async Task Cannot_cancel_without_an_order_and_asks_for_it()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.EnterAsync("#order", "");

        await page.PressAsync("By HTTP");

        await page.SeeAsync("#answer-line", "Which order?");
        Assert.Equal("order", await page.Page.EvaluateExpressionAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task Can_arm_a_timeout_and_take_it_back_or_let_it_fire()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.CreateAsync("7002");
        // Not an hour, which stays one on the page until the next message with the host's time.
        await page.EnterAsync("#after", "PT59M30S");
        await page.PressAsync("Arm a timeout");
        await page.SeeRowAsync("#entries", "timeout scheduled", "7002", "in 59 min");
        await page.SeeAsync("#scheduled", "1");

        await page.PressSelectedAsync("#entries .split button");
        await page.SeeEmptyAsync("#entries");
        await page.SeeAsync("#entries-empty", "The queue is empty.");
        await page.SeeAsync("#scheduled", "0");

        await page.EnterAsync("#after", "PT1S");
        await page.PressAsync("Arm a timeout");
        await page.SeeRowAsync("#outcomes", "7002", "cancelled", "timeout");
    }

    [Fact]
    public async Task Can_switch_a_fault_on_and_watch_a_message_fail_until_it_is_put_back()
    {
        await using var page = await OpenPage.StartAsync(browser, settings: OpenPage.RetryOnRequest);
        await page.CreateAsync("7003");
        await page.BreakProviderAsync();

        await page.PressAsync("By message");
        await page.SeeRowAsync("#entries", "delivery 2 scheduled", "7003");
        await page.SeeAsync("#retrying", "1 request waits for another attempt: 1 failed/unavailable; the oldest since");
        await page.SeeRowAsync("#calls", "7003", "503 (http503)");
        page.RetryNow();
        await page.SeeRowAsync("#dead-letters", "DeliveriesExhausted", "7003");
        await page.SeeRowAsync("#outcomes", "7003", "failed / unavailable");
        await page.SeeAsync("#dead-lettered", "1");

        await page.RepairProviderAsync();
        await page.PressSelectedAsync("#dead-letters .split button");
        await page.SeeRowAsync("#outcomes", "7003", "cancelled", "queue");
        await page.SeeEmptyAsync("#dead-letters");
        await page.SeeAsync("#dead-letters-empty", "None.");
        await page.SeeAsync("#retrying", "");
        await page.SeeAsync("#injected", "http503");
    }

    [Fact]
    public async Task Can_remove_a_dead_letter()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.Send("bad", """{"order":"7004"}""");
        await page.SeeRowAsync("#dead-letters", "InvalidMessage", "/order: Unknown field.", """{"order":"7004"}""");

        await page.PressSelectedAsync("#dead-letters [aria-label^='Remove']");

        await page.SeeEmptyAsync("#dead-letters");
        Assert.Equal(0, page.Host.Broker.Requests.DeadLetters!.Counts.Ready);
    }

    [Fact]
    public async Task Can_make_queue_and_topic_refuse()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.Page.SelectAsync("#topic-state", "refuse");
        await page.SeeAsync("#answer-line", "PATCH /simulator/faults → 200");

        await page.PressAsync("Cancel order 1443");

        await page.SeeAsync("#answer-line", "POST /api/orders/cancel → 503");
        Assert.Equal(BrokerState.Refuse, page.Host.Faults.Settings.Topic);
        await page.SeeAsync("#injected", "topic-refuse");
    }

    [Fact]
    public async Task Keeps_every_one_of_several_quick_changes_of_faults()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.EnterAsync("#fault-rate", "0.25");
        await page.Page.EvaluateFunctionAsync(
            """
            () => {
              const press = (label) => [...document.querySelectorAll('#fault-actions button')]
                .find((button) => button.textContent === label).click();
              const select = (id, value) => {
                document.getElementById(id).value = value;
                document.getElementById(id).dispatchEvent(new Event('change'));
              };
              for (const kind of ['http503', 'slow', 'reset']) {
                select('fault-kind', kind);
                press('Switch on');
              }
              select('queue-state', 'refuse');
              select('topic-state', 'hang');
            }
            """
        );
        await page.SeeAsync("#strip-faults", "http503 25 %", "slow 25 %", "reset 25 %", "queue refuse", "topic hang");

        await page.Page.EvaluateExpressionAsync(
            "['http503', 'reset'].forEach(kind => document.querySelector(`[aria-label='Off ${kind}']`).click())"
        );

        await page.Page.WaitForFunctionAsync(
            "() => document.getElementById('strip-faults').textContent === 'slow 25 %, queue refuse, topic hang'"
        );
    }

    [Fact]
    public async Task Sends_changes_of_the_provider_one_after_another()
    {
        await using var page = await OpenPage.StartAsync(browser);
        await page.Page.EvaluateFunctionAsync(
            """
            () => {
              const send = window.fetch;
              window.fetchSteps = [];
              window.fetch = async (path, request) => {
                window.fetchSteps.push(`send ${request.body}`);
                const response = await send(path, request);
                window.fetchSteps.push('answered');
                return response;
              };
              for (const value of ['refuse', 'hang', 'ok']) {
                const choice = document.getElementById('queue-state');
                choice.value = value;
                choice.dispatchEvent(new Event('change'));
              }
            }
            """
        );

        await page.Page.WaitForFunctionAsync("() => window.fetchSteps.length === 6");
        Assert.Equal(
            [
                """send {"queue":"refuse"}""",
                "answered",
                """send {"queue":"hang"}""",
                "answered",
                """send {"queue":"ok"}""",
                "answered",
            ],
            await page.Page.EvaluateExpressionAsync<string[]>("window.fetchSteps")
        );
        Assert.Equal(BrokerState.Ok, page.Host.Faults.Settings.Queue);
    }

    [Fact]
    public async Task Shows_the_way_of_a_request()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.Host.Simulator.Put("7005", OrderStates.Waiting, null, new PlannedFault(FaultKind.AnswerLost));
        await page.EnterAsync("#order", "7005");
        await page.PressAsync("By HTTP");

        await page.PressAsync("Show the steps of order 7005");

        await page.SeeAsync("#steps-title", "cancelled · 7005");
        await page.SeeAsync(
            "#steps-list",
            "received by http",
            "signed for cancelOrder",
            "provider cancelOrder → no answer (answer-lost)",
            "signed for getOrder",
            "provider getOrder → 200",
            "event cancelled published"
        );
        await page.PressSelectedAsync("#steps-list summary");
        await page.SeeAsync("#steps-list pre", "X-ONRAMP-APIKEY: te… (8)", "X-ONRAMP-SIGNATURE: ", "… (128)");
        Assert.Equal(
            4,
            await page.Page.EvaluateExpressionAsync<int>("document.querySelectorAll('#steps-chart text').length")
        );
    }

    [Fact]
    public async Task Goes_on_when_the_connection_comes_back()
    {
        await using var page = await OpenPage.StartAsync(browser);
        page.MayComplain = true;
        await page.Page.SetOfflineModeAsync(true);
        await page.PressAsync("Cancel order 1443");
        await page.SeeAsync("#answer-line", "no answer. Is the host still running?");
        await page.Page.SetOfflineModeAsync(false);

        await page.PressAsync("Cancel order 1443");

        await page.SeeRowAsync("#outcomes", "1443", "cancelled");
        await page.SeeAsync("#connection", "live");
    }
}
