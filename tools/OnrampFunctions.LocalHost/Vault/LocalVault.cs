using System.Collections.Immutable;
using System.Security.Cryptography;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>The secrets of the vault that stands in for Key Vault, each with all its versions.</summary>
public sealed class LocalVault
{
    /// <summary>Name of the secret that holds the API key.</summary>
    public const string ApiKeyName = "onramp-api-key";

    /// <summary>Name of the secret that holds the API secret.</summary>
    public const string ApiSecretName = "onramp-api-secret";

    /// <summary>Name of the secret that authenticates messages on the queue.</summary>
    public const string QueueKeyName = "queue-authentication-key";

    /// <summary>The prefix of the names of callers' secrets; every caller has the same one here.</summary>
    public const string WebhookPrefix = "webhook-";

    private readonly OnrampSimulator _simulator;
    private ImmutableDictionary<string, ImmutableList<LocalSecret>> _secrets = ImmutableDictionary.Create<
        string,
        ImmutableList<LocalSecret>
    >(StringComparer.OrdinalIgnoreCase);
    private int _version;
    private int _reads;

    /// <summary>Makes a vault with the pair, and the secret that callers sign with.</summary>
    public LocalVault(ProviderCredentials credentials, string webhookSecret, OnrampSimulator simulator)
    {
        _simulator = simulator;
        RotateWebhookSecret(webhookSecret);

        // Another key at every start: so is the queue, which starts empty.
        Set(QueueKeyName, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        Store(credentials);
    }

    /// <summary>How it behaves.</summary>
    public VaultState State { get; set; }

    /// <summary>How often one of the pair was asked for, whatever it answered.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Raised when one of the pair is asked for, before the answer.</summary>
    public event Action? IsRead;

    /// <summary>Which pair it has: 1 at the start, one more after every change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Changes the pair here and at the provider, which from then on refuses the old one.</summary>
    public void Rotate(ProviderCredentials credentials)
    {
        Store(credentials);
        _simulator.Credentials = credentials;
    }

    /// <summary>Changes the pair here only: an operator's mistake, if the provider does not accept it.</summary>
    public void Store(ProviderCredentials credentials)
    {
        Interlocked.Increment(ref _version);
        Set(ApiKeyName, credentials.ApiKey);
        Set(ApiSecretName, credentials.ApiSecret);
    }

    /// <summary>Every version of the callers' secret, the newest last.</summary>
    public IReadOnlyList<string> WebhookSecrets =>
        [.. VersionsOf(WebhookPrefix).Select(static version => version.Value)];

    /// <summary>Gives the callers' secret another version; that and the one before are good then.</summary>
    public void RotateWebhookSecret(string secret) => Set(WebhookPrefix, secret);

    /// <summary>Deletes a secret.</summary>
    public void Remove(string name) => ImmutableInterlocked.TryRemove(ref _secrets, KeyOf(name), out _);

    /// <summary>Enables or disables a version of a secret.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="version">Which one, from 1; null for the newest.</param>
    /// <param name="isEnabled">Whether it may be read.</param>
    /// <returns>False when there is no such version.</returns>
    public bool TryEnable(string name, int? version, bool isEnabled)
    {
        var key = KeyOf(name);
        if (
            VersionsOf(name) is not { Count: > 0 } versions
            || (version ?? versions.Count) is not (>= 1 and var number)
            || number > versions.Count
        )
        {
            return false;
        }

        return ImmutableInterlocked.TryUpdate(
            ref _secrets,
            key,
            versions.SetItem(number - 1, versions[number - 1] with { IsEnabled = isEnabled }),
            versions
        );
    }

    internal ImmutableList<LocalSecret> VersionsOf(string name) => _secrets.GetValueOrDefault(KeyOf(name), []);

    internal int CountRead()
    {
        var read = Interlocked.Increment(ref _reads);
        IsRead?.Invoke();
        return read;
    }

    /// <summary>A value that stays the same gets no new version: one half of a pair may be changed alone.</summary>
    private void Set(string name, string value) =>
        ImmutableInterlocked.AddOrUpdate(
            ref _secrets,
            name,
            _ => [new LocalSecret(value)],
            (_, versions) =>
                versions[^1] is { IsEnabled: true } newest && newest.Value == value
                    ? versions
                    : versions.Add(new LocalSecret(value))
        );

    private static string KeyOf(string name) =>
        name.StartsWith(WebhookPrefix, StringComparison.OrdinalIgnoreCase) ? WebhookPrefix : name;
}

/// <summary>One version of a secret.</summary>
internal sealed record LocalSecret(string Value)
{
    public bool IsEnabled { get; init; } = true;
}
