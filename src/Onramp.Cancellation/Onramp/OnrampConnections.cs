using System.Net;

namespace Onramp.Cancellation.Onramp;

/// <summary>Connections to Onramp: reused between calls and renewed often enough to follow DNS.</summary>
internal static class OnrampConnections
{
    public static SocketsHttpHandler Create(OnrampOptions options) =>
        new()
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectTimeout = options.CallTimeout,
            MaxConnectionsPerServer = options.MaxConcurrentCalls,
            AllowAutoRedirect = false,
            UseCookies = false,

            AutomaticDecompression = DecompressionMethods.All,

            // Trace context is not propagated to the provider.
            ActivityHeadersPropagator = null,
        };
}
