using System.Collections.Frozen;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// The one cache of vault secrets, with one rule: what the vault answers takes effect at once, for each secret alone. A
/// version that is disabled, expired, not yet valid or deleted is gone; a value that cannot be right is not used. Only
/// while the vault cannot be reached do the last good values stay.
/// </summary>
/// <typeparam name="T">What a value is read as.</typeparam>
internal sealed class VaultCache<T>
    where T : class
{
    private readonly VaultReader _reader;
    private readonly int _versions;
    private readonly Func<string, string, T> _parse;
    private readonly TimeSpan _startLimit;
    private readonly TimeSpan _limit;
    private readonly string[] _names;
    private readonly FrozenDictionary<string, Entry> _entries;
    private HashSet<string> _reported = [];

    /// <param name="reader">Reads the vault.</param>
    /// <param name="names">The secrets.</param>
    /// <param name="versions">How many of the newest versions in force are good at the same time.</param>
    /// <param name="parse">Reads the value of a secret, by its name; throws <see cref="FormatException"/> with a
    /// sentence that does not quote it.</param>
    /// <param name="startLimit">How long the first reading may take.</param>
    /// <param name="limit">How long a later reading may take, because requests wait for it.</param>
    public VaultCache(
        VaultReader reader,
        IEnumerable<string> names,
        int versions,
        Func<string, string, T> parse,
        TimeSpan startLimit,
        TimeSpan limit
    )
    {
        (_reader, _versions, _parse, _startLimit, _limit) = (reader, versions, parse, startLimit, limit);
        _names = [.. names];
        _entries = _names.ToFrozenDictionary(static name => name, static _ => new Entry());
    }

    /// <summary>The good versions of a secret, the newest first; empty when there is none.</summary>
    public IReadOnlyList<(string Version, T Value)> this[string name] => _entries[name].Live;

    /// <summary>What was wrong with the secrets at the last reading, in the order in which they were given.</summary>
    public IEnumerable<CredentialsUnavailableException> Faults =>
        _names.Select(name => _entries[name].Fault).OfType<CredentialsUnavailableException>();

    /// <summary>
    /// Returns the faults of the last reading that the previous call did not return: a fault that lasts is reported
    /// once, and again only after it was gone.
    /// </summary>
    public IReadOnlyList<CredentialsUnavailableException> TakeNewFaults()
    {
        var faults = Faults.ToList();
        var reported = Interlocked.Exchange(ref _reported, [.. faults.Select(static fault => fault.Message)]);
        return faults.FindAll(fault => !reported.Contains(fault.Message));
    }

    /// <summary>Reads all secrets, at the same time. Faults of secrets are not thrown.</summary>
    /// <returns>The names of the secrets whose good versions have changed.</returns>
    public async Task<IReadOnlyList<string>> ReadAsync(bool isStart, CancellationToken cancellationToken)
    {
        using var deadline = _reader.Within(isStart ? _startLimit : _limit, cancellationToken);
        var changed = await Task.WhenAll(
            _names.Select(async name => await ReadAsync(name, _entries[name], deadline) ? name : null)
        );
        return [.. changed.OfType<string>()];
    }

    private async Task<bool> ReadAsync(string name, Entry entry, VaultDeadline deadline)
    {
        CredentialsUnavailableException? fault = null;
        List<(string, T)> live = [];
        try
        {
            foreach (var version in await _reader.ReadAsync(name, _versions, deadline))
            {
                try
                {
                    live.Add((version.Id, _parse(name, version.Value)));
                }
                catch (FormatException unusable)
                {
                    fault ??= KeyVaultFault.Unusable(unusable.Message, _reader.Vault, name);
                }
            }
        }
        catch (CredentialsUnavailableException refused)
        {
            fault = refused;
        }

        entry.Fault = fault;
        if (fault?.Fault == SecretFault.Unreachable)
        {
            return false;
        }

        var hasChanged = !live.Select(static version => version.Item1)
            .SequenceEqual(entry.Live.Select(static version => version.Version));
        entry.Live = live;
        return hasChanged;
    }

    private sealed class Entry
    {
        private volatile IReadOnlyList<(string Version, T Value)> _live = [];
        private volatile CredentialsUnavailableException? _fault;

        public IReadOnlyList<(string Version, T Value)> Live
        {
            get => _live;
            set => _live = value;
        }

        public CredentialsUnavailableException? Fault
        {
            get => _fault;
            set => _fault = value;
        }
    }
}
