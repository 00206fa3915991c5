using Onramp.Testing.Limits;
using PuppeteerSharp;

namespace OnrampFunctions.LocalHost.Tests.Page;

/// <summary>The tests of the page share one browser, so they run one after another.</summary>
[CollectionDefinition]
[StartsFirst]
public sealed class PageCollection : ICollectionFixture<HeadlessBrowser>;

/// <summary>
/// Measures how quickly the page responds. It runs after all other tests, because those would slow the page down.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class PageLoadCollection : ICollectionFixture<HeadlessBrowser>;

/// <summary>A headless browser that is already installed on this machine; none is ever downloaded.</summary>
public sealed class HeadlessBrowser : IAsyncLifetime
{
    // The first one is Chromium without windows, which makes the tests of the page a third cheaper.
    private static readonly string[] Places =
    [
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    private IBrowser? _browser;
    private IPage? _page;

    public async ValueTask InitializeAsync()
    {
        if (Array.Find(Places, File.Exists) is not { } path)
        {
            return;
        }

        // Chromium's sandbox does not work for root, the user of tests in containers. The pages are the host's own.
        string[] sandbox = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
        _browser = await Puppeteer.LaunchAsync(
            new LaunchOptions
            {
                ExecutablePath = path,
                Headless = true,
                // One process for the pages of all tests; by default there is one for each.
                Args = [.. sandbox, "--disable-dev-shm-usage", "--disable-gpu", "--renderer-process-limit=1"],
            }
        );
    }

    /// <summary>
    /// Returns the single tab, which the tests use one after another. Skips the test if there is no browser.
    /// </summary>
    public async Task<IPage> GetPageAsync()
    {
        Assert.SkipWhen(
            _browser is null,
            $"Chromium was not found at {string.Join(", ", Places)}: "
                + "install it (on Debian: apt-get install chromium-headless-shell) to test the page."
        );
        return _page ??= await _browser.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }
}
