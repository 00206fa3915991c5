using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>Reads the pair from Key Vault, both secrets at once.</summary>
internal sealed class KeyVaultCredentialReader(SecretClient client, IOptions<KeyVaultOptions> options)
{
    private readonly KeyVaultOptions _options = options.Value;

    /// <exception cref="CredentialsUnavailableException">A secret cannot be read or its value cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ApiCredentials> ReadAsync(CancellationToken cancellationToken)
    {
        var key = ReadAsync(_options.ApiKeySecretName, cancellationToken);
        var secret = ReadAsync(_options.ApiSecretSecretName, cancellationToken);
        await Task.WhenAll(key, secret);
        try
        {
            return new ApiCredentials(await key, await secret);
        }
        catch (ArgumentException invalid)
        {
            var name = invalid.ParamName == "apiKey" ? _options.ApiKeySecretName : _options.ApiSecretSecretName;
            throw KeyVaultFault.Explain(new ArgumentException(invalid.Message.Split(" (Parameter")[0]), client.VaultUri, name);
        }
    }

    private async Task<string> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await client.GetSecretAsync(name, cancellationToken: cancellationToken);
            return secret.Value.Value;
        }
        catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or AggregateException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw KeyVaultFault.Explain(exception, client.VaultUri, name);
        }
    }
}
