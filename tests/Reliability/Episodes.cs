using System.Collections.Concurrent;
using System.Threading.Channels;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>What happens to everybody at once, now and then: the pair is rotated, the provider is gone, the vault is down, the provider's clock is set.</summary>
internal sealed class Episodes(LocalHost host, RunOptions options, TimeProvider time)
{
    private static readonly TimeSpan ProviderGoneFor = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan VaultDownFor = TimeSpan.FromMilliseconds(300);

    // One every hundred requests in a short run, sixteen in a long one.
    private readonly int _every = Math.Max(100, options.Requests / 16);
    private readonly Channel<int> _due = Channel.CreateUnbounded<int>();

    // The provider's clock is behind ours: the first request of all is refused as ahead of time.
    private TimeSpan _providerClock = TimeSpan.FromSeconds(-30);
    private int _pairs;

    /// <summary>How often each happened.</summary>
    public ConcurrentDictionary<string, long> Counts { get; } = [];

    /// <summary>Says that so many requests have been made.</summary>
    public void Asked(int count)
    {
        if (count % _every == 0)
        {
            _due.Writer.TryWrite(count / _every);
        }
    }

    /// <summary>Lets no more happen; <see cref="RunAsync"/> ends after the last one.</summary>
    public void Complete() => _due.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        host.Faults.Settings = FaultPlan.Of(options.Seed, _providerClock);
        await foreach (var number in _due.Reader.ReadAllAsync(cancellationToken))
        {
            switch (number % 4)
            {
                case 1:
                    Rotate();
                    break;
                case 2:
                    await LeaveAsync(cancellationToken);
                    break;
                case 3:
                    await RotateInTheDarkAsync(cancellationToken);
                    break;
                default:
                    SetClock();
                    break;
            }
        }
    }

    private void Rotate()
    {
        Count("all: secret rotated");
        _pairs++;
        host.Vault.Rotate(new ProviderCredentials($"key_{_pairs}", $"secret_{_pairs}"));
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        Count("all: provider gone");
        host.Faults.Settings = FaultPlan.Of(options.Seed, _providerClock, providerIsGone: true);
        await Task.Delay(ProviderGoneFor, time, cancellationToken);
        host.Faults.Settings = FaultPlan.Of(options.Seed, _providerClock);
    }

    /// <summary>The pair changes while nobody can read the new one.</summary>
    private async Task RotateInTheDarkAsync(CancellationToken cancellationToken)
    {
        Count("all: vault down");
        host.Vault.State = VaultState.Down;
        Rotate();
        await Task.Delay(VaultDownFor, time, cancellationToken);
        host.Vault.State = VaultState.Ok;
    }

    private void SetClock()
    {
        Count("all: provider's clock set");
        _providerClock -= TimeSpan.FromSeconds(60);
        host.Faults.Settings = FaultPlan.Of(options.Seed, _providerClock);
    }

    private void Count(string what) => Counts.AddOrUpdate(what, 1, static (_, count) => count + 1);
}
