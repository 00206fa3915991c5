namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>
/// Where Service Bus clients connect, bound before anything else is created. If that is switched off, the host still
/// needs its own queue, on an undisclosed free port.
/// </summary>
internal sealed class AmqpAddress : IDisposable
{
    private const string Off = "off";

    private readonly LoopbackSockets _sockets;
    private readonly bool _isPublic;

    /// <param name="setting"><c>LocalHost__Amqp</c>; null for the default port, or a free one.</param>
    /// <param name="anyPort">Whether a free port is taken without a setting, as for a host that listens on a free port
    /// itself.</param>
    /// <exception cref="LocalHostException">The address is not on this machine, or is taken.</exception>
    public AmqpAddress(string? setting, bool anyPort)
    {
        _isPublic = !Off.Equals(setting, StringComparison.OrdinalIgnoreCase);
        setting = _isPublic ? setting ?? $"localhost:{(anyPort ? 0 : AmqpEndpoint.DefaultPort)}" : "127.0.0.1:0";
        if (
            !Uri.TryCreate($"amqp://{setting}", UriKind.Absolute, out var address)
            || !address.IsLoopback
            || address.UserInfo.Length > 0
            || address.PathAndQuery is not ("/" or "")
        )
        {
            throw new LocalHostException(
                $"LocalHost__Amqp is where Service Bus clients connect, on this machine only: '{setting}' is invalid. "
                    + "Use localhost:5672, another port of localhost, 127.0.0.1 or [::1], port 0 for a free one, "
                    + $"or {Off}."
            );
        }

        _sockets = new LoopbackSockets(
            address.Port < 0 ? new UriBuilder(address) { Port = AmqpEndpoint.DefaultPort }.Uri : address,
            static port => new LocalHostException(PortTaken(port))
        );
    }

    public LoopbackSockets Sockets => _sockets;

    public int Port => _sockets.Port;

    /// <summary>The connection string for clients; null when it is switched off.</summary>
    public string? ConnectionString => _isPublic ? To(_sockets.Host) : null;

    /// <summary>The connection string for the host itself: by number, which needs no name resolution.</summary>
    public string OwnConnectionString => To(_sockets.DirectHost);

    public void Dispose() => _sockets.Dispose();

    private static string PortTaken(int port)
    {
        var next = port < 65535 ? port + 1 : AmqpEndpoint.DefaultPort;
        return $"Port {port} is taken or not allowed: end the program that uses it, choose another one for Service Bus "
            + $"clients with LocalHost__Amqp=localhost:{next}, or none with LocalHost__Amqp={Off}.";
    }

    private string To(string host) => AmqpEndpoint.ConnectionString(host, _sockets.Port);
}
