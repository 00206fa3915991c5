using Azure.Core;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Onramp.Testing.Limits;

namespace OnrampFunctions.Tests;

/// <summary>The limits that the app gives to its server and to its clients, read back from what it builds.</summary>
public sealed class ClientLimitTests
{
    private const string Emulator =
        "Endpoint=sb://localhost;SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true";

    [Fact]
    public async Task The_server_takes_what_the_platform_takes_and_stops_before_the_platform_kills_it()
    {
        await using var services = Build();

        Assert.Equal(
            100 * 1024 * 1024,
            services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize
        );
        Assert.Equal(
            TimeSpan.FromSeconds(4),
            services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout
        );
        Assert.Equal(TimeSpan.FromSeconds(3), GracefulShutdown.Patience);
    }

    [Theory]
    [InlineData("ServiceBus", Emulator)]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "sb-test.servicebus.windows.net")]
    public async Task The_client_of_Service_Bus_gives_up_within_the_time_of_an_operation(string setting, string value)
    {
        await using var services = Build((setting, value));
        var retry = HiddenPart.Of<ServiceBusRetryOptions>(services.GetRequiredService<ServiceBusClient>());

        Assert.Equal(
            (
                ServiceBusRetryMode.Exponential,
                2,
                TimeSpan.FromSeconds(0.2),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromSeconds(3)
            ),
            (retry.Mode, retry.MaxRetries, retry.Delay, retry.MaxDelay, retry.TryTimeout)
        );
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "UseDevelopmentStorage=true")]
    [InlineData("AzureWebJobsStorage:tableServiceUri", "https://stexample.table.core.windows.net")]
    public async Task The_client_of_the_tables_repeats_a_request_once(string setting, string value)
    {
        await using var services = Build((setting, value));
        _ = services.GetRequiredService<IRowStore>();
        var retry = services.GetRequiredService<TableClientOptions>().Retry;

        Assert.Equal(
            (RetryMode.Fixed, 1, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(10)),
            (retry.Mode, retry.MaxRetries, retry.Delay, retry.NetworkTimeout)
        );
    }

    /// <summary>Alerts count what is exported, so nothing may be sampled away.</summary>
    [Fact]
    public async Task The_exporter_keeps_every_trace_and_every_line_of_the_log()
    {
        await using var services = Build(
            (
                "APPLICATIONINSIGHTS_CONNECTION_STRING",
                "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://localhost/"
            )
        );
        var monitor = services.GetRequiredService<IOptions<AzureMonitorExporterOptions>>().Value;

        Assert.Equal(
            (1f, null, false, false, false),
            (
                monitor.SamplingRatio,
                monitor.TracesPerSecond,
                monitor.EnableTraceBasedLogsSampler,
                monitor.EnablePerformanceCounters,
                monitor.EnableLiveMetrics
            )
        );
    }

    /// <summary>The broker does not answer, and delivers the message again later.</summary>
    [Fact]
    public async Task Settling_a_message_takes_no_longer_than_ten_seconds()
    {
        await using var app = await App.StartAsync();
        FakeActions actions = new() { Hangs = true };
        var running = app.RunAsync(App.Message(), actions);
        await actions.Called.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        app.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(running.IsCompleted);
        app.Time.Advance(TimeSpan.FromSeconds(0.1));
        await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(["complete"], actions.Settled);
    }

    [Fact]
    public async Task Settling_an_event_takes_no_longer_than_ten_seconds()
    {
        await using var app = await App.StartAsync();
        FakeActions actions = new() { Hangs = true };
        var running = app.Get<OutcomeRecords>().RecordAsync(App.Message(), actions);
        await actions.Called.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        app.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(running.IsCompleted);
        app.Time.Advance(TimeSpan.FromSeconds(0.1));
        await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static ServiceProvider Build(params (string Name, string Value)[] settings)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        Dictionary<string, string?> all = new()
        {
            ["KeyVault:VaultUri"] = "https://kv-test.vault.azure.net/",
            ["CancelRequestsQueue"] = "cancel-requests",
            ["CancelResultsTopic"] = "cancel-results",
            ["CancelRecordsSubscription"] = "records",
        };
        if (!settings.Any(static setting => setting.Name.StartsWith("ServiceBus", StringComparison.Ordinal)))
        {
            all["ServiceBus"] = Emulator;
        }

        if (!settings.Any(static setting => setting.Name.StartsWith("AzureWebJobs", StringComparison.Ordinal)))
        {
            all["AzureWebJobsStorage"] = "UseDevelopmentStorage=true";
        }

        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        builder.Configuration.AddInMemoryCollection(all);
        builder.AddCancellationApp();
        return builder.Services.BuildServiceProvider();
    }
}
