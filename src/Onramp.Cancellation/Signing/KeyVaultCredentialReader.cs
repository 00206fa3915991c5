using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Signing;

/// <summary>Reads the pair from Key Vault, both secrets at once.</summary>
internal sealed class KeyVaultCredentialReader(SecretClient client, IOptions<KeyVaultOptions> options, TimeProvider time)
{
    private readonly KeyVaultOptions _options = options.Value;

    /// <param name="limit">How long it may take, tries included.</param>
    /// <param name="cancellationToken">The caller's own reason to end.</param>
    /// <exception cref="CredentialsUnavailableException">A secret cannot be read, whatever the reason, or its value cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ApiCredentials> ReadAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        var key = ReadAsync(_options.ApiKeySecretName);
        var secret = ReadAsync(_options.ApiSecretSecretName);
        var readings = Task.WhenAll(key, secret);
        try
        {
            await readings;
        }
        catch (CredentialsUnavailableException) when (readings.Exception?.InnerExceptions.FirstOrDefault(KeyVaultFault.IsOfSignIn) is { } signIn)
        {
            // One of the two signs in for both; the other sees only that its time is up.
            throw signIn;
        }

        try
        {
            return new ApiCredentials(await key, await secret);
        }
        catch (ArgumentException invalid)
        {
            var name = invalid.ParamName == "apiKey" ? _options.ApiKeySecretName : _options.ApiSecretSecretName;
            throw KeyVaultFault.Unusable(invalid.Message.Split(" (Parameter")[0], client.VaultUri, name);
        }

        async Task<string> ReadAsync(string name)
        {
            try
            {
                var secret = await client.GetSecretAsync(name, cancellationToken: linked.Token);
                return secret.Value.Value ?? throw new FormatException("The answer has no value.");
            }
            catch (Exception exception)
            {
                // Whatever is thrown, the vault's answer is the cause, unless the caller wanted an end.
                cancellationToken.ThrowIfCancellationRequested();
                throw KeyVaultFault.Explain(exception, client.VaultUri, name, limit);
            }
        }
    }
}
