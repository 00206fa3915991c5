using PuppeteerSharp.Input;
using PuppeteerSharp.Media;

namespace OnrampFunctions.Local.Page.Tests;

/// <summary>A local host with its page open; in the end nothing was written to the console as an error, and the page was never loaded again.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private const int Patience = 15_000;

    private static readonly string[] Settings = ["Queue__RetryDelays__0=00:00:01", "Queue__RetryJitter=0", "Onramp__MaxRetries=0", "LocalHost__Receivers=4"];

    private readonly List<string> _errors = [];

    private OpenPage(LocalHost host, IPage page)
    {
        Host = host;
        Page = page;
        page.Console += (_, args) =>
        {
            // An answer that is no success is no error of the page, though the browser writes it down.
            if (args.Message.Type is ConsoleType.Error or ConsoleType.Warning && !args.Message.Text.StartsWith("Failed to load resource: the server responded with a status of", StringComparison.Ordinal))
            {
                _errors.Add(args.Message.Text);
            }
        };
        page.PageError += (_, args) => _errors.Add(args.Message);
    }

    public LocalHost Host { get; }

    public IPage Page { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OpenPage> StartAsync(HeadlessBrowser browser, string scheme = "light")
    {
        var page = await browser.NewPageAsync();
        var host = LocalHost.Create(["--urls", "http://localhost:0"], new LocalHostOptions
        {
            Quiet = true,
            Settings = Settings.Select(setting => setting.Split('=')).ToDictionary(parts => parts[0], parts => (string?)parts[1]),
        });
        await host.StartAsync(Token);
        OpenPage opened = new(host, page);
        page.DefaultTimeout = Patience;
        await page.SetViewportAsync(new ViewPortOptions { Width = 1400, Height = 1000 });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.GoToAsync(host.BaseAddress.ToString());
        await page.EvaluateExpressionAsync("window.isFirst = true");
        await opened.SeeAsync("#connection", "live");
        await opened.SeeAsync("#orders", "1448");
        return opened;
    }

    /// <summary>Presses a button, by the name that it has for everybody.</summary>
    public Task PressAsync(string name) => PressSelectedAsync($"aria/{name}[role=\"button\"]");

    /// <summary>Presses the first that a selector finds; by keyboard, since what is above it may grow while a mouse is on its way.</summary>
    public async Task PressSelectedAsync(string selector)
    {
        var button = await Page.WaitForSelectorAsync(selector);
        await button.FocusAsync();
        await Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Writes into a field in the place of what was there.</summary>
    public async Task EnterAsync(string field, string text)
    {
        await Page.ClickAsync(field, new ClickOptions { Count = 3 });
        await Page.Keyboard.PressAsync("Backspace");
        await Page.Keyboard.TypeAsync(text);
    }

    /// <summary>Waits until an element has all of these texts.</summary>
    public async Task SeeAsync(string selector, params string[] texts)
    {
        try
        {
            await Page.WaitForFunctionAsync(
                "(selector, texts) => texts.every(text => [...document.querySelectorAll(selector)].some(node => node.innerText.includes(text)))", selector, texts);
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
            await Page.WaitForFunctionAsync("(list, texts) => [...document.querySelector(list).children].some(row => texts.every(text => row.innerText.includes(text)))", list, texts);
        }
        catch (WaitTaskTimeoutException)
        {
            Assert.Fail($"{list} never had a row with {string.Join(", ", texts)}, but: {await TextAsync(list)}");
        }
    }

    /// <summary>Waits until a list is empty.</summary>
    public Task SeeEmptyAsync(string list) => Page.WaitForFunctionAsync("list => document.querySelector(list).childElementCount === 0", list);

    public Task<string> TextAsync(string selector) =>
        Page.EvaluateFunctionAsync<string>("selector => [...document.querySelectorAll(selector)].map(node => node.innerText).join('\\n')", selector);

    /// <summary>Makes an order by the form.</summary>
    public async Task CreateAsync(string orderId)
    {
        await EnterAsync("#order", orderId);
        await PressAsync("Create the order");
        await SeeRowAsync("#orders", orderId, "waiting");
    }

    /// <summary>For a test that provoked what was written to the console.</summary>
    public void ForgetErrors() => _errors.Clear();

    public async ValueTask DisposeAsync()
    {
        var isFirst = await Page.EvaluateExpressionAsync<bool>("window.isFirst === true");
        await Page.BrowserContext.CloseAsync();
        await Host.DisposeAsync();
        Assert.Empty(_errors);
        Assert.True(isFirst, "The page was loaded again.");
    }
}
