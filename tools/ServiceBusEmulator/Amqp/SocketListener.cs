using System.Net.Sockets;
using Microsoft.Azure.Amqp.Transport;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Accepts connections on bound sockets. The library's own listener resolves "localhost" to every interface, and lets a
/// second process use the same port.
/// </summary>
internal sealed class SocketListener(LoopbackSockets sockets, TimeProvider clock) : TransportListener("local-listener")
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private volatile bool _isClosed;
    private int _connections;

    protected override void OnListen()
    {
        sockets.Listen();
        foreach (var socket in sockets.Sockets)
        {
            _ = AcceptAsync(socket);
        }
    }

    protected override bool CloseInternal()
    {
        AbortInternal();
        return true;
    }

    protected override void AbortInternal()
    {
        _isClosed = true;
        foreach (var socket in sockets.Sockets)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (!_isClosed)
        {
            try
            {
                Begin(await socket.AcceptAsync());
            }
            catch (Exception exception) when (exception is ObjectDisposedException || _isClosed)
            {
                return;
            }
            catch (SocketException)
            {
                // This process has too many files open, for example: the next one may succeed.
                await Task.Delay(PauseAfterFailure, clock);
            }
        }
    }

    private void Begin(Socket client)
    {
        if (Volatile.Read(ref _connections) >= AmqpLimits.MaxConnections)
        {
            client.Dispose();
            return;
        }

        SocketTransport? transport = null;
        try
        {
            transport = new SocketTransport(client, clock, () => Interlocked.Decrement(ref _connections));
            Interlocked.Increment(ref _connections);
            transport.Open();

            // The library wraps the transport in others.
            OnTransportAccepted(new TransportAsyncCallbackArgs { Transport = transport, UserToken2 = transport });
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client has already disconnected, or its time is over. The listener continues.
            client.Dispose();
            transport?.Abort();
        }
    }
}
