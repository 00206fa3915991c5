using System.Net.Sockets;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Transport;

namespace OnrampFunctions.Local.Amqp;

/// <summary>
/// A connected socket as the AMQP library wants it. The library reads four bytes and then a frame, over and over: what has arrived is fetched at once
/// and handed out from memory.
/// </summary>
internal sealed class SocketTransport : TransportBase, IDisposable
{
    private const int ReadBufferBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receiving = new();
    private readonly SocketAsyncEventArgs _sending = new();
    private readonly byte[] _arrived = new byte[ReadBufferBytes];
    private int _next;
    private int _end;
    private byte[] _toSend = [];

    public SocketTransport(Socket socket)
        : base("local-socket")
    {
        _socket = socket;
        _socket.NoDelay = true;
        LocalEndPoint = $"{socket.LocalEndPoint}";
        RemoteEndPoint = $"{socket.RemoteEndPoint}";
        _receiving.SetBuffer(_arrived, 0, _arrived.Length);
        _receiving.Completed += (_, _) => Finish(_receiving, OnReceived);
        _sending.Completed += (_, _) => Finish(_sending, OnSent);
    }

    public override string LocalEndPoint { get; }

    public override string RemoteEndPoint { get; }

    public override void SetMonitor(ITransportMonitor usageMeter)
    {
    }

    /// <returns>Whether the bytes come later, by the callback.</returns>
    public override bool ReadAsync(TransportAsyncCallbackArgs args)
    {
        if (_next == _end)
        {
            _receiving.UserToken = args;
            if (_socket.ReceiveAsync(_receiving))
            {
                return true;
            }

            OnReceived(args);
        }
        else
        {
            HandOut(args);
        }

        args.CompletedSynchronously = true;
        return false;
    }

    /// <returns>Whether the callback tells when the bytes are gone.</returns>
    public override bool WriteAsync(TransportAsyncCallbackArgs args)
    {
        if (args.Buffer is { } buffer)
        {
            _sending.SetBuffer(buffer, args.Offset, args.Count);
        }
        else
        {
            _sending.SetBuffer(Collect(args), 0, args.Count);
        }

        _sending.UserToken = args;
        if (_socket.SendAsync(_sending))
        {
            return true;
        }

        OnSent(args);
        args.CompletedSynchronously = true;
        return false;
    }

    public void Dispose() => Abort();

    protected override bool CloseInternal()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client was faster.
        }
        catch (ObjectDisposedException)
        {
            // Closed before.
        }

        AbortInternal();
        return true;
    }

    protected override void AbortInternal()
    {
        _socket.Dispose();
        _receiving.Dispose();
        _sending.Dispose();
    }

    private static void Finish(SocketAsyncEventArgs finished, Action<TransportAsyncCallbackArgs> read)
    {
        var args = (TransportAsyncCallbackArgs)finished.UserToken!;
        read(args);
        args.CompletedSynchronously = false;
        args.CompletedCallback(args);
    }

    private void OnReceived(TransportAsyncCallbackArgs args)
    {
        _next = 0;
        _end = _receiving.SocketError == SocketError.Success ? _receiving.BytesTransferred : 0;
        HandOut(args);
        args.Exception = Failure(_receiving);
    }

    private void OnSent(TransportAsyncCallbackArgs args)
    {
        args.BytesTransfered = _sending.BytesTransferred;
        args.Exception = Failure(_sending);
    }

    private void HandOut(TransportAsyncCallbackArgs args)
    {
        var count = Math.Min(args.Count, _end - _next);
        Buffer.BlockCopy(_arrived, _next, args.Buffer, args.Offset, count);
        _next += count;
        args.BytesTransfered = count;
        args.Exception = null;
    }

    private byte[] Collect(TransportAsyncCallbackArgs args)
    {
        if (_toSend.Length < args.Count)
        {
            _toSend = new byte[Math.Max(args.Count, ReadBufferBytes)];
        }

        var position = 0;
        foreach (var buffer in args.ByteBufferList)
        {
            Buffer.BlockCopy(buffer.Buffer, buffer.Offset, _toSend, position, buffer.Length);
            position += buffer.Length;
        }

        return _toSend;
    }

    private static SocketException? Failure(SocketAsyncEventArgs args) => args.SocketError == SocketError.Success ? null : new SocketException((int)args.SocketError);
}
