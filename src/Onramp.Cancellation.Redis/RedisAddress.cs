using System.Net;
using StackExchange.Redis;

namespace Onramp.Cancellation.Redis;

/// <summary>
/// Reads the setting. Connections use TLS unless the Redis is on this machine or the setting says <c>ssl=false</c>.
/// </summary>
internal static class RedisAddress
{
    // As the core waits for an answer.
    private const int AnswerMilliseconds = 500;

    /// <summary>Reads an address, or a configuration of StackExchange.Redis.</summary>
    /// <returns>The options of a connection; null if the text is neither.</returns>
    public static ConfigurationOptions? TryParse(string text)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }

        if (options.EndPoints.Count == 0 || options.EndPoints.Any(static server => !IsServer(server)))
        {
            return null;
        }

        // The app starts and works without Redis. While the connection is down, a question fails at once instead of
        // waiting for it.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AsyncTimeout = AnswerMilliseconds;
        options.ReconnectRetryPolicy = new LinearRetry(maxRetryElapsedTimeAllowedMilliseconds: 1000);
        options.ClientName = "onramp-cancellation";
        return options;
    }

    /// <summary>
    /// Whether the app signs in with its identity. An access token is sent over TLS only.
    /// </summary>
    public static bool IsForIdentity(ConfigurationOptions options) =>
        string.IsNullOrEmpty(options.Password) && options.Ssl;

    /// <summary>Whether all servers are on this machine.</summary>
    public static bool IsLocal(EndPointCollection servers) =>
        servers.All(static server =>
            server switch
            {
                IPEndPoint number => IPAddress.IsLoopback(number.Address),
                DnsEndPoint name => name.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
                _ => false,
            }
        );

    private static bool IsServer(EndPoint server) =>
        server switch
        {
            IPEndPoint => true,
            DnsEndPoint { Host: var host } => Uri.CheckHostName(host) == UriHostNameType.Dns,
            _ => false,
        };
}
