using System.Net;
using System.Net.Sockets;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Sockets of one port on this machine and no other, bound before anything else is built: a free port is known from
/// then on, and a taken one is told in one sentence.
/// </summary>
internal sealed class LoopbackSockets : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly Func<int, string> _taken;

    /// <param name="address">Where, by name or by number; port 0 takes a free one.</param>
    /// <param name="taken">What to say of a port that is taken.</param>
    /// <exception cref="LocalHostException">The port is taken.</exception>
    public LoopbackSockets(Uri address, Func<int, string> taken)
    {
        _taken = taken;
        var byName = address.HostNameType == UriHostNameType.Dns;
        Host = byName ? "localhost" : address.Host;
        DirectHost = byName ? "127.0.0.1" : address.Host;
        Port = Bind(
            new IPEndPoint(byName ? IPAddress.Loopback : IPAddress.Parse(address.DnsSafeHost), address.Port),
            optional: false
        );
        if (byName)
        {
            // Whoever asks for "localhost" may come by either protocol, where there are both.
            Bind(new IPEndPoint(IPAddress.IPv6Loopback, Port), optional: true);
        }
    }

    /// <summary>The host as people write it.</summary>
    public string Host { get; }

    /// <summary>The same by number, which needs no name resolution.</summary>
    public string DirectHost { get; }

    public int Port { get; }

    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <summary>
    /// Listens. Two programs that start at the same moment may both have bound a port; only one of them can listen
    /// there.
    /// </summary>
    /// <exception cref="LocalHostException">The other one does.</exception>
    public void Listen()
    {
        try
        {
            _sockets.ForEach(static socket => socket.Listen());
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new LocalHostException(_taken(Port), exception);
        }
    }

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
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            socket.Dispose();
            Dispose();
            throw new LocalHostException(_taken(endPoint.Port), exception);
        }
        catch (SocketException) when (optional)
        {
            socket.Dispose();
            return endPoint.Port;
        }

        _sockets.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
