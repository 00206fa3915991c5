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
    private readonly List<LocalApp> _hosts = [];
    private readonly SemaphoreSlim _places = new(4);
    private Dictionary<string, Task<FailedStart>> _starts = [];

    public FailedStarts(Platform platform) => _platform = platform;

    /// <summary>The faults by name.</summary>
    private Dictionary<string, Func<Task<(string, string?)[]>>> Faults =>
        new()
        {
            ["nothing is set"] = () => With([.. Needed.Select(static name => (name, (string?)null))]),
            ["bad settings"] = () =>
                With(
                    ("ServiceBus", "garbage"),
                    (Insights, "garbage"),
                    ("Onramp__CallTimeout", "abc"),
                    ("Callers__Signature", "require")
                ),
            ["invalid identity, also for telemetry"] = () =>
                With(
                    ("AZURE_CLIENT_ID", "garbage"),
                    (
                        Insights,
                        "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:1/"
                    )
                ),
            ["vault and receiver of telemetry unreachable"] = () =>
                With(
                    ("KeyVault__VaultUri", "https://127.0.0.1:1/"),
                    (Budget, null),
                    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
                ),
            ["vault not trusted"] = () => With(("SSL_CERT_FILE", null)),
            ["vault silent"] = () => WithVaultAsync(static vault => vault.State = VaultState.Slow),
            ["vault refuses"] = () => WithVaultAsync(static vault => vault.State = VaultState.Forbidden),
            ["secret missing"] = () => WithVaultAsync(static vault => vault.Remove(LocalVault.ApiSecretName)),
            ["secret in quotes"] = () =>
                WithVaultAsync(static vault => vault.Store(new ProviderCredentials("\"quoted-value\"", "secret"))),
            ["another service instead of the vault"] = () =>
                WithVaultAsync(static vault => vault.State = VaultState.Nonsense),
            ["identity endpoint down"] = () => With(("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token")),
        };

    public async ValueTask InitializeAsync()
    {
        Dictionary<string, Task<FailedStart>> starts = [];
        foreach (var (name, settings) in Faults)
        {
            starts.Add(name, StartAsync(await settings()));
        }

        _starts = starts;
    }

    public Task<FailedStart> EndAsync(string fault) => _starts[fault];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_starts.Values);
        _places.Dispose();
        await Task.WhenAll(_hosts.Select(static host => host.DisposeAsync().AsTask()));
    }

    private static Task<(string, string?)[]> With(params (string, string?)[] settings) => Task.FromResult(settings);

    private async Task<(string, string?)[]> WithVaultAsync(
        Action<LocalVault> change,
        params (string, string?)[] settings
    )
    {
        var host = Platform.CreateLocal(TimeProvider.System);
        _hosts.Add(host);
        await host.StartAsync(Platform.Token);
        host.Faults.Settings = new FaultSettings { SlowFor = TimeSpan.FromHours(1) };
        change(host.Vault);
        return
        [
            .. host.FunctionsAppSettings!.Select(static setting => (setting.Key, (string?)setting.Value)),
            .. settings,
        ];
    }

    private async Task<FailedStart> StartAsync((string Name, string? Value)[] changes)
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
