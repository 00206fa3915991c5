using Microsoft.Extensions.Time.Testing;
using Onramp.Testing.Limits;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>The start of the worker process.</summary>
[StartsFirst]
public sealed class StartTests(FailedStarts starts) : IClassFixture<FailedStarts>
{
    /// <summary>A worker has half a minute to start.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Every other fault of a setting ends the start in the same way (SettingsTests, StartupTests, TelemetryTargetTests),
    /// and so does every other fault of the vault, of its network and of its secrets (VaultAnswerTests,
    /// RealNetworkTests, SecretValueTests).
    /// </summary>
    [Theory]
    [InlineData(
        "settings missing or bad",
        "KeyVault__VaultUri is missing",
        "Set exactly one of ServiceBus__fullyQualifiedNamespace",
        "CancelRequestsQueue is missing",
        "CancelResultsTopic is missing",
        "CancelRecordsSubscription is missing",
        "Set AzureWebJobsStorage__tableServiceUri",
        "APPLICATIONINSIGHTS_CONNECTION_STRING is not a connection string of Application Insights",
        "Onramp__CallTimeout is not valid: write a duration as hh:mm:ss",
        "Callers__Signature is not a setting. The settings of Callers are Callers__Signatures"
    )]
    [InlineData(
        "invalid identity, also for telemetry",
        "AZURE_CLIENT_ID must be the client id of a user-assigned managed identity"
    )]
    [InlineData(
        "vault and receiver of telemetry unreachable",
        "Cannot read secret 'onramp-api-key' from Key Vault https://127.0.0.1:1/: the vault cannot be reached."
    )]
    [InlineData("vault silent", "it did not answer within 10 s")]
    [InlineData("identity endpoint down", "the identity endpoint does not answer correctly")]
    public async Task A_fault_ends_the_process_in_time_with_a_sentence_and_before_it_takes_work(
        string fault,
        params string[] sentences
    )
    {
        var ended = await starts.EndAsync(fault);
        Assert.Equal((1, false), (ended.ExitCode, ended.TookWork));
        Assert.All(
            sentences,
            sentence =>
                Assert.True(
                    ended.Errors.Any(line => line.Contains(sentence, StringComparison.Ordinal)),
                    string.Join('\n', ended.Errors)
                )
        );

        // One line each, because the host logs console lines with "error" as errors.
        Assert.All(ended.Errors, static line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
        Assert.InRange(ended.After, TimeSpan.Zero, Limit);
    }

    [Fact]
    public async Task The_worker_does_not_offer_itself_before_the_vault_has_answered_and_exports_no_span_while_it_is_idle()
    {
        FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
        await using var local = Platform.CreateLocal(time);
        await local.StartAsync(Platform.Token);
        local.Faults.Settings = new FaultSettings { SlowFor = TimeSpan.FromHours(1) };
        local.Vault.State = VaultState.Slow;
        using SemaphoreSlim reads = new(0);
        local.Vault.IsRead += () => reads.Release();
        await using var receiver = await TelemetryReceiver.StartAsync(Platform.Token);
        await using var host = await WorkerHost.StartAsync(Platform.Token);
        Dictionary<string, string?> settings = new(receiver.Settings);
        foreach (var (name, value) in local.FunctionsAppSettings!)
        {
            settings[name] = value;
        }

        using var worker = host.Launch(Platform.App(settings));
        Assert.True(await reads.WaitAsync(Platform.Patience, Platform.Token));
        Assert.True(await reads.WaitAsync(Platform.Patience, Platform.Token));
        Assert.False(worker.Channel.Started.IsCompleted);

        local.Vault.State = VaultState.Ok;
        time.Advance(TimeSpan.FromHours(1));
        await worker.LoadAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token);

        // It exports everything before it exits.
        worker.Process.Terminate();
        Assert.Equal(
            143,
            await worker.Process.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token)
        );
        Assert.Contains(receiver.Received, static received => received.Path == "/v1/metrics");
        Assert.DoesNotContain(receiver.Received, static received => received.Path == "/v1/traces");
    }
}
