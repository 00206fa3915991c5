using Onramp.Testing.Limits;

namespace OnrampFunctions.LocalHost.Tests.Samples;

/// <summary>One local host with the subscriptions of the samples, which all samples call.</summary>
public sealed class SampleHost : IAsyncLifetime
{
    /// <summary>The languages in which there is a storefront.</summary>
    public static readonly string[] Languages = ["csharp", "java", "python", "typescript"];

    private readonly Dictionary<string, (SampleProgram Program, Task<string[]> Output)> _storefronts = [];
    private ServiceBusHost? _host;

    /// <summary>The host.</summary>
    public ServiceBusHost Host => _host!;

    /// <summary>Starts the host and all storefronts, which wait for several <c>Retry-After</c>.</summary>
    public async ValueTask InitializeAsync()
    {
        _host = await ServiceBusHost.StartAsync(
            ("LocalHost__EmulatorConfig", Path.Combine(AppContext.BaseDirectory, "samples", "service-bus.json")),
            // Many of the orders fail on purpose. They must not open the circuit for the others.
            ("Onramp__CircuitMinimumCalls", "10000")
        );
        foreach (var language in Languages.Where(static language => SampleProgram.MissingPart(language) is null))
        {
            var orders = StorefrontOrders.Create(language, _host.Host.Simulator);
            var program = await SampleProgram.StartAsync(
                language,
                "storefront",
                orders.All,
                ("CANCEL_URL", $"{_host.Host.BaseAddress}".TrimEnd('/'))
            );
            _storefronts[language] = (program, program.EndAsync());
        }
    }

    /// <summary>
    /// The lines that the storefront has printed in the end. Skips the test if it cannot run on this machine.
    /// </summary>
    public Task<string[]> StorefrontAsync(string language)
    {
        SkipWithout(language);
        return _storefronts[language].Output;
    }

    /// <summary>Skips the test if samples in this language cannot run on this machine.</summary>
    public static void SkipWithout(string language)
    {
        var missing = SampleProgram.MissingPart(language);
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (program, _) in _storefronts.Values)
        {
            program.Dispose();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}

/// <summary>The tests that share the <see cref="SampleHost"/>.</summary>
[CollectionDefinition]
[StartsFirst]
public sealed class SampleCollection : ICollectionFixture<SampleHost>;
