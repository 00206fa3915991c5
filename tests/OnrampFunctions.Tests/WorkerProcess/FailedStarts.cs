using System.Diagnostics;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// Failing starts, four at a time. Most of their time is waiting, but too many at once would delay each other.
/// </summary>
public sealed class FailedStarts : IAsyncLifetime
{
    private static readonly string[] Needed =
    [
        "AzureWebJobsStorage",
        "AzureWebJobsStorage__tableServiceUri",
        "ServiceBus",
        "CancelRequestsQueue",
        "CancelResultsTopic",
        "CancelRecordsSubscription",
        "KeyVault__VaultUri",
        "IDENTITY_ENDPOINT",
    ];

    private const string Insights = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Budget = "KeyVault__StartupBudget";

    private readonly Platform _platform;
    private readonly LocalApp _silent = Platform.CreateLocal(TimeProvider.System);
    private readonly SemaphoreSlim _places = new(4);
    private Dictionary<string, Task<FailedStart>> _starts = [];

    public FailedStarts(Platform platform) => _platform = platform;

    /// <summary>The faults by name.</summary>
    private Dictionary<string, IEnumerable<(string Name, string? Value)>> Faults =>
        new()
        {
            ["settings missing or bad"] =
            [
                .. Needed.Select(static name => (name, (string?)null)),
                (Insights, "garbage"),
                ("Onramp__CallTimeout", "abc"),
                ("Callers__Signature", "require"),
            ],
            ["invalid identity, also for telemetry"] =
            [
                ("AZURE_CLIENT_ID", "garbage"),
                (
                    Insights,
                    "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:1/"
                ),
            ],
            ["vault and receiver of telemetry unreachable"] =
            [
                ("KeyVault__VaultUri", "https://127.0.0.1:1/"),
                (Budget, null),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ],
            ["vault silent"] = _silent.FunctionsAppSettings!.Select(static setting =>
                (setting.Key, (string?)setting.Value)
            ),
            ["identity endpoint down"] = [("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token")],
        };

    public async ValueTask InitializeAsync()
    {
        await _silent.StartAsync(Platform.Token);
        _silent.Faults.Settings = new FaultSettings { SlowFor = TimeSpan.FromHours(1) };
        _silent.Vault.State = VaultState.Slow;
        _starts = Faults.ToDictionary(static fault => fault.Key, fault => StartAsync(fault.Value));
    }

    public Task<FailedStart> EndAsync(string fault) => _starts[fault];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_starts.Values);
        _places.Dispose();
        await _silent.DisposeAsync();
    }

    private async Task<FailedStart> StartAsync(IEnumerable<(string Name, string? Value)> changes)
    {
        var settings = _platform.SettingsOf();

        // Half the default. One of the starts uses the default.
        settings[Budget] = "00:00:10";
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        await _places.WaitAsync(Platform.Token);
        try
        {
            await using var host = await WorkerHost.StartAsync(Platform.Token);
            var started = Stopwatch.GetTimestamp();
            using var worker = host.Launch(Platform.App(settings));
            var exitCode = await worker
                .Process.WaitForExitAsync(Platform.Token)
                .WaitAsync(Platform.Patience, Platform.Token);
            return new FailedStart(
                exitCode,
                [.. worker.Process.Errors],
                worker.Channel.Started.IsCompleted,
                Stopwatch.GetElapsedTime(started)
            );
        }
        finally
        {
            _places.Release();
        }
    }
}

/// <summary>How a start ended.</summary>
public sealed record FailedStart(int ExitCode, IReadOnlyList<string> Errors, bool TookWork, TimeSpan After);
