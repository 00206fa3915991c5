using Azure.Core;
using StackExchange.Redis;

namespace Onramp.Cancellation.Redis;

/// <summary>
/// Opens the connection, which then reconnects on its own, and renews the sign-in while it is open.
/// </summary>
/// <param name="address">The setting.</param>
/// <param name="credential">The app's identity; only called if the app signs in with it.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisConnector(string address, Func<TokenCredential> credential, TimeProvider time)
    : IDisposable,
        IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _closing = new();
    private ConnectionMultiplexer? _connection;

    /// <summary>Opens the connection. While the server does not answer, it tries again in the background.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var options = RedisAddress.TryParse(address)!;
        RedisDefaults defaults = new(time);
        options.Defaults = defaults;
        if (!RedisAddress.IsForIdentity(options))
        {
            return _connection = await ConnectionMultiplexer.ConnectAsync(options);
        }

        var identity = credential();
        var renewal = await defaults.SignInAsync(identity, _closing.Token);
        _connection = await ConnectionMultiplexer.ConnectAsync(options);
        _ = RenewAsync(_connection, defaults, identity, renewal);
        return _connection;
    }

    public void Dispose()
    {
        _closing.Cancel();
        _connection?.Dispose();
        _closing.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        _closing.Dispose();
    }

    /// <summary>
    /// Sends each new token over the open connections: the server closes a connection whose token has expired.
    /// </summary>
    private async Task RenewAsync(
        ConnectionMultiplexer connection,
        RedisDefaults defaults,
        TokenCredential identity,
        TimeSpan renewal
    )
    {
        var closing = _closing.Token;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(renewal, time, closing);
                renewal = await defaults.SignInAsync(identity, closing);
                foreach (var server in connection.GetServers().Where(static server => server.IsConnected))
                {
                    await server.ExecuteAsync("AUTH", defaults.User!, defaults.Password!);
                }
            }
            catch (Exception) when (!closing.IsCancellationRequested)
            {
                // The connection works until its token expires. After that each call reports the refused sign-in.
                renewal = AfterFailure;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
