using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Tests;

/// <summary>An empty configuration that records the requested keys.</summary>
internal sealed class RecordingConfiguration : ConfigurationProvider, IConfigurationSource
{
    private readonly HashSet<string> _names = [];

    /// <summary>The names that validation reads, and the messages for missing values.</summary>
    public static (IEnumerable<string> Names, IEnumerable<string> Faults) Of(
        Action<IServiceCollection, IConfiguration> add
    )
    {
        var lookUps = new RecordingConfiguration();
        var services = new ServiceCollection();
        add(services, new ConfigurationBuilder().Add(lookUps).Build());
        using var provider = services.BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(
            provider.GetRequiredService<IStartupValidator>().Validate
        );
        return (lookUps._names, refused.Failures);
    }

    public override bool TryGet(string key, out string? value)
    {
        _names.Add(key);
        value = null;
        return false;
    }

    IConfigurationProvider IConfigurationSource.Build(IConfigurationBuilder builder) => this;
}
