using System.Net;
using System.Net.Sockets;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Sockets bound to one port of this machine's loopback addresses. Binding comes before listening, so that a program
/// knows its free port, or that the port is taken, before it builds anything else.
/// </summary>
public sealed class LoopbackSockets : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly Func<int, Exception> _portTaken;

    /// <param name="address">A loopback address by name or number; port 0 takes a free port.</param>
    /// <param name="portTaken">Creates the exception for a port that is taken.</param>
    public LoopbackSockets(Uri address, Func<int, Exception> portTaken)
    {
        _portTaken = portTaken;
        var byName = address.HostNameType == UriHostNameType.Dns;
        Host = byName ? "localhost" : address.Host;
        DirectHost = byName ? "127.0.0.1" : address.Host;
        var ip = byName ? IPAddress.Loopback : IPAddress.Parse(address.DnsSafeHost);
        Port = Bind(new IPEndPoint(ip, address.Port), optional: false);
        if (byName)
        {
            // Clients of "localhost" may connect over IPv4 or IPv6, where this machine has both.
            Bind(new IPEndPoint(IPAddress.IPv6Loopback, Port), optional: true);
        }
    }

    /// <summary>The host for display: localhost, or the number.</summary>
    public string Host { get; }

    /// <summary>The host as a number, which needs no name resolution.</summary>
    public string DirectHost { get; }

    public int Port { get; }

    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <summary>
    /// Listens. Two programs that start at the same moment can bind the same port, but only one of them can listen on
    /// it; the other gets the exception for a port that is taken.
    /// </summary>
    public void Listen()
    {
        try
        {
            _sockets.ForEach(static socket => socket.Listen());
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw _portTaken(Port);
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
            throw _portTaken(endPoint.Port);
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
