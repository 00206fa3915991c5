using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Azure.Core;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Onramp.Cancellation.Redis;

/// <summary>
/// What a connection uses where the setting says nothing: TLS to other machines, and the sign-in of the app's identity.
/// In Azure the user name is the object id of the identity, and the password an access token.
/// </summary>
internal sealed class RedisDefaults(TimeProvider time) : DefaultOptionsProvider
{
    private static readonly TokenRequestContext Scope = new(["https://redis.azure.com/.default"]);
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(30);

    private volatile SignIn? _signIn;

    /// <inheritdoc/>
    public override string? User => _signIn?.User;

    /// <inheritdoc/>
    public override string? Password => _signIn?.Token;

    /// <inheritdoc/>
    public override bool IsMatch(EndPoint endpoint) => false;

    /// <inheritdoc/>
    public override bool GetDefaultSsl(EndPointCollection endPoints) => !RedisAddress.IsLocal(endPoints);

    /// <summary>Gets a token for connections that are opened from now on.</summary>
    /// <returns>When to get the next one: after three quarters of its lifetime.</returns>
    public async Task<TimeSpan> SignInAsync(TokenCredential identity, CancellationToken cancellationToken)
    {
        var token = await identity.GetTokenAsync(Scope, cancellationToken);
        _signIn = new SignIn(ObjectIdIn(token.Token), token.Token);
        var renewal = (token.ExpiresOn - time.GetUtcNow()) * 0.75;
        return renewal > ShortestRenewal ? renewal : ShortestRenewal;
    }

    private static string ObjectIdIn(string token)
    {
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
            return claims.RootElement.GetProperty("oid").GetString() ?? throw new KeyNotFoundException();
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or FormatException
                        or IndexOutOfRangeException
                        or KeyNotFoundException
                        or InvalidOperationException
            )
        {
            throw new InvalidOperationException("The access token for Redis does not name the app's identity (oid).");
        }
    }

    private sealed record SignIn(string User, string Token);
}
