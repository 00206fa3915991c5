using System.Collections.Frozen;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// The cache of all vault secrets. The vault's answer takes effect at once, for each secret separately: a version that
/// is disabled, expired, not yet valid or deleted is removed, and an invalid value is not used. While the vault is
/// unreachable, the last good values stay in use.
/// </summary>
/// <typeparam name="T">The parsed type of a value.</typeparam>
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
    /// <param name="versions">How many of the newest versions in force are valid at the same time.</param>
    /// <param name="parse">Parses the value of a secret, by its name. Throws <see cref="FormatException"/> with a
    /// sentence that does not quote the value.</param>
    /// <param name="startLimit">How long the first read may take.</param>
    /// <param name="limit">How long a later read may take, because requests wait for it.</param>
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

    /// <summary>The valid versions of a secret, the newest first; empty for none.</summary>
    public IReadOnlyList<(string Version, T Value)> this[string name] => _entries[name].Live;

    /// <summary>The errors of the last read, in the order of the secrets.</summary>
    public IEnumerable<CredentialsUnavailableException> Faults =>
        _names.Select(name => _entries[name].Fault).OfType<CredentialsUnavailableException>();

    /// <summary>
    /// Returns the errors of the last read that were not present at the previous call, so that a persistent error is
    /// reported once, and again only if it recurs.
    /// </summary>
    public IReadOnlyList<CredentialsUnavailableException> TakeNewFaults()
    {
        var faults = Faults.ToList();
        var reported = Interlocked.Exchange(ref _reported, [.. faults.Select(static fault => fault.Message)]);
        return faults.FindAll(fault => !reported.Contains(fault.Message));
    }

    /// <summary>Reads all secrets concurrently. Errors of secrets are not thrown.</summary>
    /// <returns>The names of the secrets whose valid versions have changed.</returns>
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
