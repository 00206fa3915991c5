using System.Collections.Concurrent;
using System.Text;
using PuppeteerSharp;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>
/// A local host with its page open. When disposed, it checks that the console has no errors and that the page was not
/// reloaded.
/// </summary>
public sealed class OpenPage : IAsyncDisposable
{
    private const int Patience = 15_000;

    // The default is every frame, which keeps a processor busy.
    private static readonly WaitForFunctionOptions Polling = new() { PollingInterval = 50 };

    private static readonly string[] Settings =
    [
        "Queue__RetryDelays__0=00:00:01",
        "Queue__GiveUpAfter=00:00:01",
        "Queue__RetryJitter=0",
        "Onramp__MaxRetries=0",
        "LocalHost__Receivers=4",
    ];

    private readonly ConcurrentQueue<string> _errors = [];

    /// <summary>With these settings a message is only tried again when the test calls <see cref="RetryNow"/>.</summary>
    public static readonly string[] RetryOnRequest =
    [
        "Queue__RetryDelays__0=01:00:00",
        "Queue__GiveUpAfter=00:00:00.001",
    ];

    private OpenPage(LocalApp host, IPage page)
    {
        Host = host;
        Page = page;
        page.Console += OnConsole;
        page.PageError += OnError;
    }

    public LocalApp Host { get; }

    public IPage Page { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OpenPage> StartAsync(
        HeadlessBrowser browser,
        string scheme = "light",
        params string[] settings
    )
    {
        var page = await browser.GetPageAsync();
        var host = LocalApp.Create(
            ["--urls", "http://localhost:0"],
            new LocalHostOptions
            {
                Quiet = true,
                Settings = Settings
                    .Concat(settings)
                    .Select(setting => setting.Split('='))
                    .GroupBy(parts => parts[0], parts => parts[1])
                    .ToDictionary(setting => setting.Key, string? (setting) => setting.Last()),
            }
        );
        await host.StartAsync(Token);
        OpenPage opened = new(host, page);
        page.DefaultTimeout = Patience;
        await page.SetOfflineModeAsync(false);
        await page.SetViewportAsync(new ViewPortOptions { Width = 1400, Height = 1000 });
        await page.EmulateMediaFeaturesAsync([
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme },
        ]);
        await page.GoToAsync(host.BaseAddress.ToString());
        await page.EvaluateExpressionAsync("window.isFirst = true");
        await opened.SeeAsync("#connection", "live");
        await opened.SeeAsync("#orders", "1448");
        return opened;
    }

    /// <summary>Presses a button by its accessible name.</summary>
    public Task PressAsync(string name) =>
        PressFoundAsync(
            """
            name => [...document.querySelectorAll('button')].find(
              button => (button.ariaLabel ?? button.textContent) === name && button.checkVisibility())
            """,
            name
        );

    /// <summary>Presses the first element of a selector.</summary>
    public Task PressSelectedAsync(string selector) =>
        PressFoundAsync("selector => document.querySelector(selector)", selector);

    /// <summary>Sets the width of the window and opens the forms, which are folded on a phone.</summary>
    public async Task ResizeAsync(int width, int height)
    {
        await Page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
        await Page.WaitForFunctionAsync(
            "() => matchMedia('(max-width: 700px)').matches === (document.querySelector('details.fold:not([open])') !== null)"
        );
        await Page.EvaluateExpressionAsync(
            "document.querySelectorAll('details.fold').forEach(form => { form.open = true; })"
        );
    }

    /// <summary>Replaces the text of a field.</summary>
    public async Task EnterAsync(string field, string text)
    {
        await Page.EvaluateFunctionAsync(
            "field => { document.querySelector(field).focus(); document.querySelector(field).select(); }",
            field
        );
        await Page.Keyboard.PressAsync("Backspace");
        await Page.Keyboard.SendCharacterAsync(text);
    }

    /// <summary>Waits until an element has all of these texts.</summary>
    public async Task SeeAsync(string selector, params string[] texts)
    {
        try
        {
            await Page.WaitForFunctionAsync(
                """
                (selector, texts) => texts.every(
                  text => [...document.querySelectorAll(selector)].some(node => node.innerText.includes(text)))
                """,
                Polling,
                selector,
                texts
            );
        }
        catch (WaitTaskTimeoutException)
        {
            Assert.Fail($"{selector} never had {string.Join(", ", texts)}, but: {await TextAsync(selector)}");
        }
    }

    /// <summary>Waits until a row of a list has all of these texts.</summary>
    public async Task SeeRowAsync(string list, params string[] texts)
    {
        try
        {
            await Page.WaitForFunctionAsync(
                """
                (list, texts) => [...document.querySelector(list).children].some(
                  row => texts.every(text => row.innerText.includes(text)))
                """,
                Polling,
                list,
                texts
            );
        }
        catch (WaitTaskTimeoutException)
        {
            Assert.Fail($"{list} never had a row with {string.Join(", ", texts)}, but: {await TextAsync(list)}");
        }
    }

    /// <summary>Waits until a list is empty.</summary>
    public Task SeeEmptyAsync(string list) =>
        Page.WaitForFunctionAsync("list => document.querySelector(list).childElementCount === 0", Polling, list);

    public Task<string> TextAsync(string selector) =>
        Page.EvaluateFunctionAsync<string>(
            "selector => [...document.querySelectorAll(selector)].map(node => node.innerText).join('\\n')",
            selector
        );

    /// <summary>Makes all scheduled messages of the queue due.</summary>
    public void RetryNow()
    {
        var requests = Host.Broker.Requests;
        foreach (var message in requests.Peek(0, int.MaxValue))
        {
            if (requests.CancelScheduled(message.SequenceNumber))
            {
                requests.Requeue(message.Message);
            }
        }
    }

    /// <summary>Creates an order with the form.</summary>
    public async Task CreateAsync(string orderId)
    {
        await EnterAsync("#order", orderId);
        await PressAsync("Create the order");
        await SeeRowAsync("#orders", orderId, "waiting");
    }

    /// <summary>Lets the provider fail, with the form.</summary>
    public async Task BreakProviderAsync()
    {
        await Page.SelectAsync("#fault-kind", "http503");
        await PressAsync("Switch on");
        await SeeRowAsync("#faults", "http503", "always");
    }

    /// <summary>Switches all faults off, with the form.</summary>
    public async Task RepairProviderAsync()
    {
        await PressAsync("All off");
        await SeeEmptyAsync("#faults");
    }

    /// <summary>Sends a message to the queue.</summary>
    public void Send(string id, string body) =>
        Assert.True(
            Host.Broker.Requests.Send(new BrokerMessage { MessageId = id, Body = Encoding.UTF8.GetBytes(body) })
        );

    /// <summary>Whether the test causes console errors on purpose.</summary>
    public bool MayComplain { get; set; }

    public async ValueTask DisposeAsync()
    {
        var isFirst = await Page.EvaluateExpressionAsync<bool>("window.isFirst === true");
        await Page.GoToAsync("about:blank");
        Page.Console -= OnConsole;
        Page.PageError -= OnError;
        await Host.DisposeAsync();
        Assert.True(MayComplain || _errors.IsEmpty, string.Join(Environment.NewLine, _errors));
        Assert.True(isFirst, "The page was loaded again.");
    }

    // With the keyboard, because the element may move while a mouse click is in progress.
    private async Task PressFoundAsync(string find, string what)
    {
        try
        {
            await Page.WaitForFunctionAsync(
                $"what => {{ const found = ({find})(what); found?.focus(); "
                    + "return found && document.activeElement === found; }",
                Polling,
                what
            );
        }
        catch (WaitTaskTimeoutException)
        {
            Assert.Fail($"There is no {what} to press.");
        }

        await Page.Keyboard.PressAsync("Enter");
    }

    private void OnConsole(object? sender, ConsoleEventArgs args)
    {
        // The browser logs every failed request, which is not an error of the page.
        if (
            args.Message.Type is ConsoleType.Error or ConsoleType.Warning
            && !args.Message.Text.StartsWith(
                "Failed to load resource: the server responded with a status of",
                StringComparison.Ordinal
            )
        )
        {
            _errors.Enqueue(args.Message.Text);
        }
    }

    private void OnError(object? sender, PageErrorEventArgs args) => _errors.Enqueue(args.Message);
}
