using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OnrampFunctions.Tests;

/// <summary>Where telemetry goes follows from settings that others have named.</summary>
public sealed class TelemetryTargetTests
{
    private const string Insights = "InstrumentationKey=00000000-0000-0000-0000-000000000000";

    [Theory]
    [InlineData(null, null, TelemetryKind.None)]
    [InlineData("", "", TelemetryKind.None)]
    [InlineData("http://localhost:4317", null, TelemetryKind.Otlp)]
    [InlineData("https://collector.example/otlp", Insights, TelemetryKind.Otlp)]
    [InlineData(null, Insights, TelemetryKind.AzureMonitor)]
    [InlineData(null, Insights + ";IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=1", TelemetryKind.AzureMonitor)]
    public void It_goes_to_a_receiver_that_is_named_else_to_Application_Insights_else_nowhere(string? endpoint, string? connectionString, TelemetryKind expected)
    {
        var target = Read(endpoint, connectionString, protocol: null);
        Assert.Equal((expected, null), (target.Kind, target.Fault));
    }

    [Theory]
    [InlineData("localhost:4317", null, null, "OTEL_EXPORTER_OTLP_ENDPOINT must be the http or https address")]
    [InlineData("http://user:password@localhost:4317", null, null, "OTEL_EXPORTER_OTLP_ENDPOINT must be the http or https address")]
    [InlineData("garbage", Insights, null, "OTEL_EXPORTER_OTLP_ENDPOINT must be the http or https address")]
    [InlineData("http://localhost:4317", null, "json", "OTEL_EXPORTER_OTLP_PROTOCOL must be grpc or http/protobuf")]
    [InlineData(null, "garbage", null, "APPLICATIONINSIGHTS_CONNECTION_STRING is no connection string")]
    [InlineData(null, "InstrumentationKey=none", null, "APPLICATIONINSIGHTS_CONNECTION_STRING is no connection string")]
    [InlineData(null, Insights + ";IngestionEndpoint=westeurope", null, "APPLICATIONINSIGHTS_CONNECTION_STRING is no connection string")]
    [InlineData(null, Insights + ";" + Insights, null, "APPLICATIONINSIGHTS_CONNECTION_STRING is no connection string")]
    public void Cannot_be_named_wrongly_without_a_sentence_that_ends_the_start_and_quotes_nothing(string? endpoint, string? connectionString, string? protocol, string sentence)
    {
        var target = Read(endpoint, connectionString, protocol);
        Assert.Equal(TelemetryKind.None, target.Kind);
        ServiceCollection services = new();
        target.ValidateOnStart(services);
        using var provider = services.BuildServiceProvider();
        var fault = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.StartsWith(sentence, Assert.Single(fault.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("password", fault.Message, StringComparison.Ordinal);
    }

    private static TelemetryTarget Read(string? endpoint, string? connectionString, string? protocol)
        => TelemetryTarget.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = connectionString,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        }).Build());
}
