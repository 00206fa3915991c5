using System.Net;
using System.Net.Sockets;

namespace OnrampFunctions.Local;

/// <summary>
/// The address to listen on. Its sockets are bound before anything else is built: a free port is known from then on, and a taken one is told
/// in one sentence.
/// </summary>
internal sealed class LoopbackAddress : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <exception cref="LocalHostException">The address is not on this machine, is not http, or is taken.</exception>
    public LoopbackAddress(string url)
    {
        // Hosts such as "+" and "*" are no URIs at all.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !address.IsLoopback || address.Scheme != Uri.UriSchemeHttp || address.PathAndQuery != "/")
        {
            throw new LocalHostException(
                $"The local host serves this machine only, by plain http: '{url}' will not do. Use http://localhost:7071 or another port of localhost, 127.0.0.1 or [::1].");
        }

        var byName = address.HostNameType == UriHostNameType.Dns;
        var ip = byName ? IPAddress.Loopback : IPAddress.Parse(address.DnsSafeHost);
        var port = Bind(new IPEndPoint(ip, address.Port), optional: false);
        if (byName)
        {
            // Whoever asks for "localhost" may come by either protocol, where there are both.
            Bind(new IPEndPoint(IPAddress.IPv6Loopback, port), optional: true);
        }

        Url = new UriBuilder(address) { Host = byName ? "localhost" : address.Host, Port = port }.Uri;
        Direct = new UriBuilder(address) { Host = byName ? "127.0.0.1" : address.Host, Port = port }.Uri;
    }

    /// <summary>The address as people write it.</summary>
    public Uri Url { get; }

    /// <summary>The same by number, which needs no name resolution.</summary>
    public Uri Direct { get; }

    public IEnumerable<IPEndPoint> EndPoints => _sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!);

    /// <summary>The bound socket of an endpoint, for the web server to listen with.</summary>
    public Socket SocketOf(EndPoint endPoint) => _sockets.First(socket => endPoint.Equals(socket.LocalEndPoint));

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private int Bind(IPEndPoint endPoint, bool optional)
    {
        Socket socket;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException) when (optional)
        {
            return endPoint.Port;
        }

        try
        {
            socket.Bind(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            socket.Dispose();
            Dispose();
            throw Taken(endPoint.Port, exception);
        }
        catch (SocketException) when (optional)
        {
            socket.Dispose();
            return endPoint.Port;
        }

        _sockets.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static LocalHostException Taken(int port, Exception exception) =>
        new($"Port {port} is taken or not allowed: end the program that uses it, or choose another one with --urls http://localhost:{(port < 65535 ? port + 1 : 7071)}.", exception);
}
