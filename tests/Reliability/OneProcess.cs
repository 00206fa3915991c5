namespace Reliability;

/// <summary>The service in the process of the local host, with a clock that can be set forward.</summary>
internal sealed class OneProcess(LocalApp host, RunOptions options, RunClock clock) : IService
{
    // Three of these in a long run take less than the hour for which queue and topic remember message ids.
    private static readonly TimeSpan ClockJump = TimeSpan.FromMinutes(15);

    public HttpClient Client { get; } = new() { BaseAddress = host.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };

    public bool LosesAnswers => false;

    public int Kills => 0;

    public IReadOnlyList<Incident> Incidents =>
        [
            new(
                "tables refuse",
                async token =>
                {
                    host.Faults.Settings = FaultPlan.WithoutTables(host.Faults.Settings);
                    await Task.Delay(Episodes.OutageLasts(options), clock, token);
                }
            ),
            // Locks expire, and waiting messages become due. Durations are elapsed time and do not change.
            new(
                "machine's clock set forward",
                _ =>
                {
                    clock.SetForward(ClockJump);
                    return Task.CompletedTask;
                }
            ),
        ];

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisturbAsync(CancellationToken stop) => Task.CompletedTask;

    public void SkipAhead(TimeSpan time) => clock.SetForward(time);

    public void ForgetIds() => clock.SetForward(FaultPlan.DuplicateWindow);

    public Task ReplaceOneAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return ValueTask.CompletedTask;
    }
}
