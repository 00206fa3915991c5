using System.Collections.Immutable;
using System.Security.Cryptography;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>The secrets of the simulated Key Vault, with all their versions.</summary>
public sealed class LocalVault
{
    /// <summary>The name of the secret with the API key.</summary>
    public const string ApiKeyName = "onramp-api-key";

    /// <summary>The name of the secret with the API secret.</summary>
    public const string ApiSecretName = "onramp-api-secret";

    /// <summary>The name of the secret that authenticates messages on the queue.</summary>
    public const string QueueKeyName = "queue-authentication-key";

    /// <summary>The prefix of the names of callers' secrets; here all callers have the same secret.</summary>
    public const string WebhookPrefix = "webhook-";

    private readonly OnrampSimulator _simulator;
    private ImmutableDictionary<string, ImmutableList<LocalSecret>> _secrets = ImmutableDictionary.Create<
        string,
        ImmutableList<LocalSecret>
    >(StringComparer.OrdinalIgnoreCase);
    private int _version;
    private int _reads;

    /// <summary>Creates a vault with the API credentials and the secret of the callers.</summary>
    public LocalVault(ProviderCredentials credentials, string webhookSecret, OnrampSimulator simulator)
    {
        _simulator = simulator;
        RotateWebhookSecret(webhookSecret);

        // A new key at every start, when the queue is empty.
        Set(QueueKeyName, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        Store(credentials);
    }

    /// <summary>The state of the vault.</summary>
    public VaultState State { get; set; }

    /// <summary>The number of reads of the API key or secret, whatever the answers.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Raised when the API key or secret is read, before the answer.</summary>
    public event Action? IsRead;

    /// <summary>The version of the API credentials: 1 at the start, one more after every change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Changes the credentials here and at the provider, which then refuses the old ones.</summary>
    public void Rotate(ProviderCredentials credentials)
    {
        Store(credentials);
        _simulator.Credentials = credentials;
    }

    /// <summary>Changes the credentials here only, as by mistake.</summary>
    public void Store(ProviderCredentials credentials)
    {
        Interlocked.Increment(ref _version);
        Set(ApiKeyName, credentials.ApiKey);
        Set(ApiSecretName, credentials.ApiSecret);
    }

    /// <summary>All versions of the callers' secret, newest last.</summary>
    public IReadOnlyList<string> WebhookSecrets =>
        [.. VersionsOf(WebhookPrefix).Select(static version => version.Value)];

    /// <summary>Adds a version of the callers' secret; it and the previous one are valid.</summary>
    public void RotateWebhookSecret(string secret) => Set(WebhookPrefix, secret);

    /// <summary>Enables or disables a version of a secret.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="version">The version, from 1; null for the newest.</param>
    /// <param name="isEnabled">Whether it may be read.</param>
    /// <returns>False when the version does not exist.</returns>
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

    /// <summary>An unchanged value gets no new version: one of the credentials may be changed alone.</summary>
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
