using System.Net.Sockets;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>The address of the web server, bound before anything else is created.</summary>
internal sealed class LoopbackAddress : IDisposable
{
    private readonly LoopbackSockets _sockets;

    /// <exception cref="LocalHostException">The address is not on this machine, not http, or taken.</exception>
    public LoopbackAddress(string url)
    {
        // Hosts such as "+" and "*" are not valid URIs.
        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || !address.IsLoopback
            || address.Scheme != Uri.UriSchemeHttp
            || address.PathAndQuery != "/"
        )
        {
            throw new LocalHostException(
                $"The local host serves this machine only, by plain http: '{url}' is not valid. "
                    + "Use http://localhost:7071 or another port of localhost, 127.0.0.1 or [::1]."
            );
        }

        IsAnyPort = address.Port == 0;
        _sockets = new LoopbackSockets(
            address,
            static port => new LocalHostException(
                $"Port {port} is taken or not allowed: end the program that uses it, "
                    + $"or choose another one with --urls http://localhost:{(port == 7080 ? 7081 : 7080)}."
            )
        );
        Url = new UriBuilder(address) { Host = _sockets.Host, Port = _sockets.Port }.Uri;
        Direct = new UriBuilder(address) { Host = _sockets.DirectHost, Port = _sockets.Port }.Uri;
    }

    /// <summary>Whether the port was 0.</summary>
    public bool IsAnyPort { get; }

    /// <summary>The address for display.</summary>
    public Uri Url { get; }

    /// <summary>The address by number, which needs no name resolution.</summary>
    public Uri Direct { get; }

    /// <summary>The bound sockets of the web server.</summary>
    public IReadOnlyList<Socket> Sockets => _sockets.Sockets;

    /// <inheritdoc cref="LoopbackSockets.Listen"/>
    public void Listen() => _sockets.Listen();

    public void Dispose() => _sockets.Dispose();
}
