using Azure;
using Azure.Security.KeyVault.Secrets;
using Polly;
using Polly.Retry;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Reads the versions of a secret that are enabled and in force. The vault itself also returns versions that have
/// expired or are not valid yet (Azure/AzureKeyVault#19), so the dates are compared here, with a tolerance for clocks.
/// </summary>
internal sealed class VaultReader
{
    /// <summary>
    /// How far our clock may differ from the vault's: a version is used up to this long before it is valid and after it
    /// has expired.
    /// </summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The maximum number of versions of a secret that are examined. The vault lists them unordered, 25 a page.
    /// </summary>
    public const int MaxVersions = 500;

    private const int MaxRetries = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);
    private static readonly ResiliencePropertyKey<Reading> Current = new(nameof(Reading));

    private readonly KeyVaultClient _vault;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _tries;

    public VaultReader(KeyVaultClient vault, TimeProvider time)
    {
        (_vault, _time) = (vault, time);
        _tries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = MaxRetries,
                    Delay = FirstDelay,
                    MaxDelay = LongestDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = static args =>
                        ValueTask.FromResult(IsWorthAnotherTry(args.Outcome.Exception, ReadingOf(args.Context))),
                    DelayGenerator = static args => ValueTask.FromResult(RetryAfter(args.Outcome.Exception)),
                    OnRetry = static args =>
                    {
                        ReadingOf(args.Context).LastFailure = args.Outcome.Exception;
                        return default;
                    },
                }
            )
            .Build();
    }

    public Uri Vault => _vault.Vault;

    /// <summary>Reads the newest versions that are enabled and in force, the newest first.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="count">The maximum number of versions; at least one is returned.</param>
    /// <param name="deadline">The time limit, including retries.</param>
    /// <exception cref="CredentialsUnavailableException">There is none, or it cannot be read; the message says what to
    /// do.</exception>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public Task<IReadOnlyList<SecretVersion>> ReadAsync(string name, int count, VaultDeadline deadline) =>
        RunAsync(
            new Reading(name, count, deadline),
            static (reader, reading) =>
                reading.Count == 1 ? reader.ReadNewestAsync(reading) : reader.ReadSeveralAsync(reading)
        );

    /// <summary>Whether a version is still enabled and in force; true while the vault cannot be reached.</summary>
    public async Task<bool> IsInForceAsync(string name, string version, VaultDeadline deadline)
    {
        try
        {
            return await RunAsync(
                new Reading(name, 1, deadline),
                async (reader, reading) => reader.IsInForce((await reader.GetAsync(reading, version)).Properties)
            );
        }
        catch (CredentialsUnavailableException fault)
        {
            return fault.Fault != SecretFault.Withdrawn;
        }
    }

    private async Task<IReadOnlyList<SecretVersion>> ReadNewestAsync(Reading reading)
    {
        try
        {
            if (await GetAsync(reading, version: null) is var newest && IsInForce(newest.Properties))
            {
                return [Version(newest)];
            }
        }
        catch (RequestFailedException refused) when (refused.Status == 403 && KeyVaultRefusal.IsWithdrawn(refused))
        {
            // An older version may still be in force.
        }

        return await ReadSeveralAsync(reading);
    }

    private async Task<IReadOnlyList<SecretVersion>> ReadSeveralAsync(Reading reading)
    {
        if (await ListAsync(reading) is not { Count: > 0 } versions)
        {
            // Without versions this refusal gives the reason. With too many versions only the current one is known to
            // be among the newest.
            var newest = await GetAsync(reading, version: null);
            return IsInForce(newest.Properties) ? [Version(newest)] : throw Withdrawn(reading, newest.Properties);
        }

        List<SecretVersion> live = [];
        foreach (var version in versions.Where(IsInForce))
        {
            try
            {
                live.Add(Version(await GetAsync(reading, version.Version)));
            }
            catch (RequestFailedException refused) when (KeyVaultRefusal.IsWithdrawn(refused))
            {
                // Disabled after it was listed.
            }

            if (live.Count == reading.Count)
            {
                break;
            }
        }

        return live.Count > 0 ? live : throw Withdrawn(reading, versions[0]);
    }

    /// <summary>All versions, the newest first; null when there are too many.</summary>
    private async Task<List<SecretProperties>?> ListAsync(Reading reading)
    {
        List<SecretProperties> versions = [];
        var pages = 0;
        string? continuation = null;
        do
        {
            var page = await TryAsync(
                reading,
                (client, token) => FirstPageAsync(client, reading.Name, continuation, token)
            );
            versions.AddRange(page.Values);
            continuation = page.ContinuationToken;
            if (versions.Count > MaxVersions || ++pages > MaxVersions)
            {
                return null;
            }
        } while (!string.IsNullOrEmpty(continuation));

        return [.. versions.OrderByDescending(static version => version.CreatedOn)];
    }

    private static async Task<Page<SecretProperties>> FirstPageAsync(
        SecretClient client,
        string name,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        await foreach (
            var page in client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken).AsPages(continuation)
        )
        {
            return page;
        }

        throw new FormatException("The answer has no page.");
    }

    private Task<KeyVaultSecret> GetAsync(Reading reading, string? version) =>
        TryAsync(
            reading,
            async (client, token) =>
            {
                KeyVaultSecret secret = await client.GetSecretAsync(reading.Name, version, cancellationToken: token);
                return secret.Value is null ? throw new FormatException("The answer has no value.") : secret;
            }
        );

    private static SecretVersion Version(KeyVaultSecret secret) => new(secret.Properties.Version ?? "", secret.Value);

    private bool IsInForce(SecretProperties version) =>
        version.Enabled != false
        && !(version.ExpiresOn < _time.GetUtcNow() - ClockTolerance)
        && !(version.NotBefore > _time.GetUtcNow() + ClockTolerance);

    private CredentialsUnavailableException Withdrawn(Reading reading, SecretProperties newest) =>
        KeyVaultFault.Withdrawn(
            KeyVaultRefusal.ExplainAttributes(newest, _time.GetUtcNow() - ClockTolerance),
            Vault,
            reading.Name
        );

    /// <summary>Starts a deadline for reads.</summary>
    /// <param name="limit">Their total time limit.</param>
    /// <param name="cancellationToken">The caller's own token.</param>
    public VaultDeadline Within(TimeSpan limit, CancellationToken cancellationToken) =>
        new(limit, _time, cancellationToken);

    private async Task<T> RunAsync<T>(Reading reading, Func<VaultReader, Reading, Task<T>> read)
    {
        try
        {
            return await read(this, reading);
        }
        catch (Exception exception) when (exception is not CredentialsUnavailableException)
        {
            // Unless the caller cancelled, the vault's answer is the cause, whatever was thrown. If time ran out
            // between two attempts, the last failure gives the reason.
            reading.Deadline.Caller.ThrowIfCancellationRequested();
            var cause = exception is OperationCanceledException late ? CauseOf(late, reading) : exception;
            throw KeyVaultFault.Explain(cause, Vault, reading.Name, reading.Deadline.Limit);
        }
    }

    private Exception CauseOf(OperationCanceledException late, Reading reading) =>
        reading.LastFailure switch
        {
            { } failure and not OperationCanceledException => failure,
            _ => _vault.IsSigningIn ? SignInCredential.Late(late) : late,
        };

    /// <summary>
    /// Makes one request with retries, and once more with a new token when the vault refuses the current one.
    /// </summary>
    private async Task<T> TryAsync<T>(Reading reading, Func<SecretClient, CancellationToken, Task<T>> request)
    {
        var client = _vault.Client;
        try
        {
            return await RetryAsync(reading, client, request);
        }
        catch (RequestFailedException refused) when (refused.Status == 401 && !reading.HasRenewed)
        {
            reading.HasRenewed = true;
            _vault.Renew(client);
            return await RetryAsync(reading, _vault.Client, request);
        }
    }

    private async Task<T> RetryAsync<T>(
        Reading reading,
        SecretClient client,
        Func<SecretClient, CancellationToken, Task<T>> request
    )
    {
        var context = ResilienceContextPool.Shared.Get(reading.Deadline.Token);
        context.Properties.Set(Current, reading);
        try
        {
            return await _tries.ExecuteAsync(
                static async (context, call) => await call.request(call.client, context.CancellationToken),
                context,
                (request, client)
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static bool IsWorthAnotherTry(Exception? failure, Reading reading) =>
        !reading.Deadline.Token.IsCancellationRequested
        && IsTransient(failure)
        && !(RetryAfter(failure) >= reading.Deadline.Left);

    private static bool IsTransient(Exception? failure) =>
        failure switch
        {
            RequestFailedException { Status: 0 or 408 or 429 or (>= 500 and not 501) }
            or IOException
            or HttpRequestException => true,

            // The client's own timeout of one request.
            OperationCanceledException => true,
            _ => false,
        };

    private static TimeSpan? RetryAfter(Exception? failure) =>
        failure is RequestFailedException refused
        && refused.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var text) == true
        && int.TryParse(
            text,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var seconds
        )
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static Reading ReadingOf(ResilienceContext context) => context.Properties.GetValue(Current, null!);

    /// <summary>A read of a secret.</summary>
    private sealed record Reading(string Name, int Count, VaultDeadline Deadline)
    {
        public Exception? LastFailure { get; set; }

        public bool HasRenewed { get; set; }
    }
}
