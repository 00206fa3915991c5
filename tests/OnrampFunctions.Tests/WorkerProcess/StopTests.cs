using System.Net;
using FunctionsHost.Protocol;
using Onramp.Testing.Limits;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// A worker stops while calls are in progress: on request, in both ways of the platform, or by force.
/// </summary>
[StartsFirst]
public sealed class StopTests(Platform platform, StopTests.RestartedApp restarted)
    : IClassFixture<StopTests.RestartedApp>
{
    private const int Calls = 4;

    /// <summary>How long the host waits after a stop request before it kills the worker.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task The_host_lets_calls_finish_and_a_slow_one_is_reported_before_the_exit_and_can_be_repeated()
    {
        await using var app = await platform.StartAppAsync();
        await AssertFinishesAsync(
            app,
            static worker =>
            {
                worker.Channel.CancelInvocations();
                worker.Channel.Tell(new StreamingMessage { WorkerTerminate = new() });
            },
            exitCode: 0,
            platform.Shared
        );
    }

    [Fact]
    public Task The_platform_lets_calls_finish_and_a_slow_one_is_reported_before_the_exit_and_can_be_repeated() =>
        AssertFinishesAsync(restarted.App, static worker => worker.Process.Terminate(), exitCode: 143, restarted.App);

    /// <summary>The vault or the identity endpoint does not respond, and the platform gives up.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_request_during_the_start_takes_effect_immediately(bool isIdentity)
    {
        await using var local = Platform.CreateLocal(TimeProvider.System);
        await local.StartAsync(Platform.Token);
        using System.Net.Sockets.TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        local.Faults.Settings = new FaultSettings { SlowFor = TimeSpan.FromHours(1) };
        local.Vault.State = VaultState.Slow;
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        local.Vault.IsRead += () => read.TrySetResult();
        var settings = local.FunctionsAppSettings!.ToDictionary(
            static setting => setting.Key,
            static setting => (string?)setting.Value
        );
        if (isIdentity)
        {
            settings["IDENTITY_ENDPOINT"] = $"http://{silent.LocalEndpoint}/msi/token";
        }

        await using var host = await WorkerHost.StartAsync(Platform.Token);
        using var worker = host.Launch(Platform.App(settings));
        await (isIdentity ? silent.AcceptTcpClientAsync(Platform.Token).AsTask() : read.Task).WaitAsync(
            Platform.Patience,
            Platform.Token
        );

        var asked = System.Diagnostics.Stopwatch.GetTimestamp();
        worker.Process.Terminate();
        Assert.Equal(
            143,
            await worker.Process.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token)
        );
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, Grace);
        Assert.Contains(
            worker.Process.Errors,
            static line => line.Contains("Stopped on request, before the start was complete.", StringComparison.Ordinal)
        );
    }

    /// <summary>The same host restarts the worker, and the repeated requests wait for it.</summary>
    [Fact]
    public async Task A_kill_loses_no_outcome_of_a_request_that_is_asked_again()
    {
        var app = restarted.App;
        var calls = await BeginAsync(app);
        app.Host.Current!.Process.Kill();
        Assert.All(
            await Task.WhenAll(calls.Select(static call => call.Answer)),
            static answer => Assert.Equal(HttpStatusCode.InternalServerError, answer.Status)
        );
        await AssertRepeatedAsync(app, calls);
    }

    private async Task AssertFinishesAsync(
        HostedApp app,
        Action<FunctionsHost.Worker> stop,
        int exitCode,
        HostedApp repeatsWith
    )
    {
        Assert.InRange(GracefulShutdown.Limit, GracefulShutdown.Patience, Grace - TimeSpan.FromMilliseconds(500));
        var worker = app.Host.Current!;
        var calls = await BeginAsync(app);
        var slow = await BeginAsync(app);
        stop(worker);
        calls.ForEach(static call => call.Held.Release());
        Assert.All(
            await Task.WhenAll(calls.Select(static call => call.Answer)),
            static answer => Assert.Equal(HttpStatusCode.OK, answer.Status)
        );
        Assert.All(
            await Task.WhenAll(slow.Select(static call => call.Answer)),
            static answer =>
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), (answer.Status, answer.Problem))
        );
        await Task.WhenAll(calls.Select(call => platform.Bus.OutcomeAsync(call.Key)));
        Assert.Equal(
            exitCode,
            await worker.Process.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token)
        );
        Assert.All(calls, call => Assert.Single(platform.Bus.OutcomesOf(call.Key)));
        await AssertRepeatedAsync(repeatsWith, slow);
    }

    /// <summary>Starts calls and waits until the provider has received each and blocks.</summary>
    private async Task<List<Call>> BeginAsync(HostedApp app)
    {
        // The cost of the first call in a process must not count towards the time limit of stopping.
        Assert.Equal(HttpStatusCode.OK, (await app.CancelAsync(platform.Order().OrderId)).Status);
        var calls = Enumerable
            .Range(0, Calls)
            .Select(_ =>
            {
                var order = platform.Order();
                var held = order.Hold(ProviderOperation.Cancel);
                var key = $"held-{order.OrderId}";
                return new Call(order, key, held, app.CancelAsync(order.OrderId, ("Idempotency-Key", key)));
            })
            .ToList();
        await Task.WhenAll(calls.Select(static call => call.Held.Arrived)).WaitAsync(Platform.Patience, Platform.Token);
        return calls;
    }

    private async Task AssertRepeatedAsync(HostedApp app, List<Call> calls)
    {
        calls.ForEach(static call => call.Held.Release());
        Assert.All(
            await Task.WhenAll(
                calls.Select(call => app.CancelAsync(call.Order.OrderId, ("Idempotency-Key", call.Key)))
            ),
            static answer => Assert.Equal(HttpStatusCode.OK, answer.Status)
        );
        await Task.WhenAll(calls.Select(call => platform.Bus.OutcomeAsync(call.Key)));
        Assert.All(calls, call => Assert.Single(platform.Bus.OutcomesOf(call.Key)));
    }

    private sealed record Call(SimulatedOrder Order, string Key, HeldCall Held, Task<Answer> Answer);

    /// <summary>
    /// An app whose worker the tests end. The host restarts a worker after any exit code except 0.
    /// </summary>
    public sealed class RestartedApp(Platform platform) : IAsyncLifetime
    {
        public HostedApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await platform.StartAppAsync();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
