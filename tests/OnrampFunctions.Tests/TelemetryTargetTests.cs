using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OnrampFunctions.Tests;

/// <summary>Standard settings determine where telemetry is sent.</summary>
public sealed class TelemetryTargetTests
{
    private const string Insights = "InstrumentationKey=00000000-0000-0000-0000-000000000000";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Receiver = "http://localhost:4317";

    public static TheoryData<string, string> WrongValues
    {
        get
        {
            TheoryData<string, string> rows = new()
            {
                { Endpoint, "localhost:4317" },
                { Endpoint, "http://user:very-secret@localhost:4317" },
                { Endpoint, "ftp://localhost:4317" },
                { Endpoint, "http://" },
                { Endpoint, "very-secret" },
                { "OTEL_SDK_DISABLED", "yes" },
                { "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "sometimes" },
                { "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "buckets" },
                { "OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such/file.pem" },
                { "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/no/such/file.pem" },
                { "OTEL_BSP_SCHEDULE_DELAY", "0" },
                { "OTEL_BSP_SCHEDULE_DELAY", "5s" },
                { "OTEL_BSP_EXPORT_TIMEOUT", "-1" },
                { "OTEL_BSP_MAX_QUEUE_SIZE", "0" },
                { "OTEL_BSP_MAX_QUEUE_SIZE", "100" },
                { "OTEL_BSP_MAX_QUEUE_SIZE", "511" },
                { "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2049" },
                { "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "many" },
                { "OTEL_BLRP_SCHEDULE_DELAY", "1.5" },
                { "OTEL_METRIC_EXPORT_INTERVAL", "abc" },
                { "OTEL_METRIC_EXPORT_INTERVAL", "0" },
                { "OTEL_METRIC_EXPORT_TIMEOUT", "-1" },
                { "OTEL_METRICS_EXEMPLAR_FILTER", "on" },
                { "OTEL_TRACES_SAMPLER", "always" },
                { "OTEL_TRACES_SAMPLER_ARG", "1.0001" },
                { "OTEL_TRACES_SAMPLER_ARG", "-0.0001" },
                { "OTEL_TRACES_SAMPLER_ARG", "NaN" },
                { "OTEL_RESOURCE_ATTRIBUTES", "very-secret" },
                { "OTEL_RESOURCE_ATTRIBUTES", "a=b,=c" },
                { "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-5" },
                { "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "long" },
            };
            foreach (var signal in (string[])["", "TRACES_", "METRICS_", "LOGS_"])
            {
                rows.AddRange(
                    ($"OTEL_EXPORTER_OTLP_{signal}ENDPOINT", "not a url"),
                    ($"OTEL_EXPORTER_OTLP_{signal}PROTOCOL", "foo"),
                    ($"OTEL_EXPORTER_OTLP_{signal}PROTOCOL", "http/json"),
                    ($"OTEL_EXPORTER_OTLP_{signal}HEADERS", "very-secret"),
                    // [open-telemetry/opentelemetry-dotnet#6510]
                    ($"OTEL_EXPORTER_OTLP_{signal}HEADERS", "VL-Stream-Fields=service.name,very-secret"),
                    ($"OTEL_EXPORTER_OTLP_{signal}HEADERS", "=very-secret"),
                    ($"OTEL_EXPORTER_OTLP_{signal}HEADERS", "api key=very-secret"),
                    ($"OTEL_EXPORTER_OTLP_{signal}HEADERS", "api-key=very-secret%0A"),
                    ($"OTEL_EXPORTER_OTLP_{signal}HEADERS", "Content-Type=text/plain"),
                    ($"OTEL_EXPORTER_OTLP_{signal}TIMEOUT", "0"),
                    ($"OTEL_EXPORTER_OTLP_{signal}TIMEOUT", "-1"),
                    ($"OTEL_EXPORTER_OTLP_{signal}TIMEOUT", "abc"),
                    ($"OTEL_EXPORTER_OTLP_{signal}TIMEOUT", "10s"),
                    ($"OTEL_EXPORTER_OTLP_{signal}TIMEOUT", "99999999999"),
                    ($"OTEL_EXPORTER_OTLP_{signal}COMPRESSION", "br")
                );
            }

            return rows;
        }
    }

    [Theory]
    [InlineData(null, null, TelemetryKind.None)]
    [InlineData("", "", TelemetryKind.None)]
    [InlineData(Receiver, null, TelemetryKind.Otlp)]
    [InlineData("https://collector.example/otlp", Insights, TelemetryKind.Otlp)]
    [InlineData(null, Insights, TelemetryKind.AzureMonitor)]
    [InlineData(
        null,
        Insights
            + ";IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=1",
        TelemetryKind.AzureMonitor
    )]
    public void It_goes_to_a_receiver_that_is_named_else_to_Application_Insights_else_nowhere(
        string? endpoint,
        string? connectionString,
        TelemetryKind expected
    )
    {
        var target = Read((Endpoint, endpoint), (ConnectionString, connectionString));
        Assert.Equal(expected, target.Kind);
        Assert.Empty(target.Faults);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")]
    public void A_receiver_of_one_signal_is_a_receiver_too(string setting) =>
        Assert.Equal(TelemetryKind.Otlp, Read((setting, Receiver), (ConnectionString, Insights)).Kind);

    [Theory]
    [InlineData("true")]
    [InlineData("TRUE")]
    public void It_goes_nowhere_once_it_is_disabled_whatever_else_is_set(string disabled)
    {
        var target = Read(("OTEL_SDK_DISABLED", disabled), (Endpoint, "garbage"), (ConnectionString, "garbage"));
        Assert.Equal(TelemetryKind.None, target.Kind);
        Assert.Empty(target.Faults);
    }

    [Theory]
    // [serilog/serilog-sinks-opentelemetry#162], [open-telemetry/opentelemetry-dotnet#7430]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic dXNlcjpwYXNzd29yZA==,")]
    // [open-telemetry/opentelemetry-dotnet#6510]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "VL-Stream-Fields=service.name%2Cservice.environment")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "600000")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "gzip")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "1")]
    [InlineData("OTEL_BSP_SCHEDULE_DELAY", "1")]
    [InlineData("OTEL_BSP_EXPORT_TIMEOUT", "0")]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "512")]
    [InlineData("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2048")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "0")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "1")]
    [InlineData("OTEL_TRACES_SAMPLER", "PARENTBASED_traceidratio")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod,service.name=a%20b")]
    [InlineData("OTEL_SDK_DISABLED", "false")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "")]
    public void What_the_specification_allows_is_taken(string setting, string value) =>
        Assert.Empty(Read((Endpoint, Receiver), (setting, value)).Faults);

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void Cannot_be_set_wrongly_without_a_sentence_that_ends_the_start_names_the_setting_and_quotes_nothing(
        string setting,
        string value
    )
    {
        var fault = FailToStart((Endpoint, Receiver), (setting, value));
        Assert.Contains(setting, fault, StringComparison.Ordinal);
        Assert.Contains(" must ", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("InstrumentationKey=none")]
    [InlineData("IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/")]
    [InlineData(Insights + ";IngestionEndpoint=westeurope")]
    [InlineData(Insights + ";" + Insights)]
    public void Cannot_name_Application_Insights_by_what_is_not_its_connection_string(string connectionString) =>
        Assert.StartsWith(
            $"{ConnectionString} is not a connection string",
            FailToStart((ConnectionString, connectionString)),
            StringComparison.Ordinal
        );

    [Fact]
    public void All_wrong_settings_are_reported_together() =>
        Assert.Equal(
            3,
            Read(
                (Endpoint, "garbage"),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "soon")
            ).Faults.Count
        );

    [Fact]
    public void The_settings_of_the_protocol_do_not_matter_to_Application_Insights_but_those_of_the_SDK_do()
    {
        Assert.Empty(Read((ConnectionString, Insights), ("OTEL_EXPORTER_OTLP_TIMEOUT", "0")).Faults);
        Assert.Single(Read((ConnectionString, Insights), ("OTEL_BSP_SCHEDULE_DELAY", "0")).Faults);
    }

    private static string FailToStart(params (string Name, string? Value)[] settings)
    {
        var target = Read(settings);
        Assert.Equal(TelemetryKind.None, target.Kind);
        ServiceCollection services = new();
        target.ValidateOnStart(services);
        using var provider = services.BuildServiceProvider();
        return Assert.Single(
            Assert
                .Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate())
                .Failures
        );
    }

    private static TelemetryTarget Read(params (string Name, string? Value)[] settings)
    {
        Dictionary<string, string?> values = [];
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        return TelemetryTarget.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}
