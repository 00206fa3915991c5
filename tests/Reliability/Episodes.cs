using System.Collections.Concurrent;

namespace Reliability;

/// <summary>
/// Incidents that affect all requests: something is unavailable for a while, or changes. They occur one after another
/// while requests arrive.
/// </summary>
internal sealed class Episodes
{
    private static readonly TimeSpan UsualOutage = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan UsualOutageOfVault = TimeSpan.FromMilliseconds(300);

    private readonly LocalApp _host;
    private readonly RunOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken, Task>[] _kinds;
    private readonly int _every;
    private readonly TaskCompletionSource[] _due;
    private readonly TaskCompletionSource[] _over;

    // The provider's clock is behind ours, so the very first request is refused as too early.
    private TimeSpan _providerClock = TimeSpan.FromSeconds(-30);

    public Episodes(LocalApp host, RunOptions options, IReadOnlyList<Incident> more, TimeProvider time)
    {
        _host = host;
        _options = options;
        _time = time;
        Func<CancellationToken, Task>[] ofEveryService =
        [
            _ => Do(Rotate),
            token =>
                BeGoneAsync(
                    "provider gone",
                    usual => FaultPlan.Of(options.Seed, usual.ClockOffset, providerIsGone: true),
                    token
                ),
            token => BeGoneAsync("topic refuses", static usual => usual with { Topic = BrokerState.Refuse }, token),
            token => RotateInTheDarkAsync(VaultState.Down, token),
            token => BeGoneAsync("queue refuses", static usual => usual with { Queue = BrokerState.Refuse }, token),
            _ => Do(SetClock),
            token => BeGoneAsync("topic hangs", static usual => usual with { Topic = BrokerState.Hang }, token),
            token =>
                BeGoneAsync(
                    "queue and topic refuse",
                    static usual => usual with { Queue = BrokerState.Refuse, Topic = BrokerState.Refuse },
                    token
                ),
            token => BeGoneAsync("queue hangs", static usual => usual with { Queue = BrokerState.Hang }, token),
            token => RotateInTheDarkAsync(VaultState.Nonsense, token),
            token =>
                BeGoneAsync(
                    "queue and topic hang",
                    static usual => usual with { Queue = BrokerState.Hang, Topic = BrokerState.Hang },
                    token
                ),
            token => BeGoneAsync("connections break", FaultPlan.BreakingConnections, token),
        ];
        var ofThisService = more.Select(incident =>
            (Func<CancellationToken, Task>)(token => RunAsync(incident, token))
        );

        // A brief run ends before all of them have occurred.
        _kinds = options.IsBrief ? [.. ofThisService, .. ofEveryService] : [.. ofEveryService, .. ofThisService];

        // Each kind occurs three times in a long run, and once in a short run.
        _every = Math.Max(50, options.Requests / (3 * _kinds.Length));
        var count = options.Requests / _every;
        _due = Signals(count);
        _over = Signals(count);
    }

    /// <summary>How long something is unavailable: a little longer than one attempt waits for it.</summary>
    public static TimeSpan OutageLasts(RunOptions options) => UsualOutage * options.Slowness;

    /// <summary>The number of episodes by kind.</summary>
    public ConcurrentDictionary<string, long> Counts { get; } = [];

    /// <summary>The number of credential pairs so far.</summary>
    public int PairCount { get; private set; } = 1;

    /// <summary>
    /// Waits until a request may be made. An episode starts with the first of its requests, and none of them starts
    /// earlier.
    /// </summary>
    /// <param name="number">The number of the request.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task TurnAsync(int number, CancellationToken cancellationToken)
    {
        if (number % _every == 0 && number / _every < _due.Length)
        {
            _due[number / _every].SetResult();
        }

        var before = (number / _every) - 2;
        return before < 0 || _over.Length == 0 ? Task.CompletedTask : _over[before].Task.WaitAsync(cancellationToken);
    }

    /// <summary>Injects all faults at their rates, and runs one episode after another.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _host.Faults.Settings = Usual;
        for (var number = 0; number < _over.Length; number++)
        {
            await _due[number].Task.WaitAsync(cancellationToken);
            await _kinds[number % _kinds.Length](cancellationToken);
            _host.Faults.Settings = Usual;
            _over[number].SetResult();
        }
    }

    private FaultSettings Usual => FaultPlan.Of(_options.Seed, _providerClock);

    private Task BeGoneAsync(string what, Func<FaultSettings, FaultSettings> gone, CancellationToken cancellationToken)
    {
        Count(what);
        _host.Faults.Settings = gone(Usual);
        return Task.Delay(OutageLasts(_options), _time, cancellationToken);
    }

    private Task RunAsync(Incident incident, CancellationToken cancellationToken)
    {
        Count(incident.Name);
        return incident.RunAsync(cancellationToken);
    }

    /// <summary>The pair changes while the vault cannot be read.</summary>
    private async Task RotateInTheDarkAsync(VaultState vault, CancellationToken cancellationToken)
    {
        Count(vault == VaultState.Down ? "vault down" : "vault talks nonsense");
        _host.Vault.State = vault;
        Rotate();
        await Task.Delay(UsualOutageOfVault * _options.Slowness, _time, cancellationToken);
        _host.Vault.State = VaultState.Ok;
    }

    private void Rotate()
    {
        Count("secret rotated");
        _host.Vault.Rotate(CredentialPairs.Of(_options.Seed, PairCount));
        PairCount++;
    }

    private void SetClock()
    {
        Count("provider's clock set");
        _providerClock -= TimeSpan.FromSeconds(60);
    }

    private void Count(string what) => Counts.AddOrUpdate($"all: {what}", 1, static (_, count) => count + 1);

    private static TaskCompletionSource[] Signals(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)),
        ];

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
