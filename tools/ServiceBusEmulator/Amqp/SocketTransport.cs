using System.Net.Sockets;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Transport;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A connected socket as a transport of the AMQP library. The library reads four bytes and then a frame, over and over,
/// so received bytes are buffered. A client that does not complete its frames is disconnected, and a failure inside the
/// library ends the connection, not the process.
/// </summary>
internal sealed class SocketTransport : TransportBase, IDisposable
{
    private const int ReadBufferBytes = 64 * 1024;

    private readonly Socket _socket;
    private SocketAsyncEventArgs _receiving = new();
    private SocketAsyncEventArgs _sending = new();
    private byte[] _received = new byte[ReadBufferBytes];
    private int _next;
    private int _end;
    private readonly FrameBoundaries _boundaries = new();
    private readonly ITimer _deadline;
    private readonly Action _ended;
    private byte[] _toSend = [];
    private Action? _broken;
    private bool _isWaiting = true;
    private volatile bool _isFinal;
    private int _isEnded;

    /// <param name="socket">Connected.</param>
    /// <param name="clock">The time of deadlines.</param>
    /// <param name="ended">Called once, when the connection has ended.</param>
    public SocketTransport(Socket socket, TimeProvider clock, Action ended)
        : base("local-socket")
    {
        _socket = socket;
        _ended = ended;
        _socket.NoDelay = true;
        LocalEndPoint = $"{socket.LocalEndPoint}";
        RemoteEndPoint = $"{socket.RemoteEndPoint}";
        _receiving.SetBuffer(_received, 0, _received.Length);
        _receiving.Completed += (_, received) => Finish(received, OnReceived);
        _sending.Completed += (_, sent) => Finish(sent, OnSent);
        _deadline = clock.CreateTimer(
            _ => _socket.Dispose(),
            state: null,
            AmqpLimits.Patience,
            Timeout.InfiniteTimeSpan
        );
    }

    public override string LocalEndPoint { get; }

    public override string RemoteEndPoint { get; }

    public override void SetMonitor(ITransportMonitor usageMeter) { }

    /// <returns>Whether the bytes follow in the callback.</returns>
    public override bool ReadAsync(TransportAsyncCallbackArgs args)
    {
        if (_next == _end)
        {
            var receiving = _receiving;
            receiving.UserToken = args;
            if (_socket.ReceiveAsync(receiving))
            {
                return true;
            }

            OnReceived(receiving, args);
        }
        else
        {
            HandOut(args);
        }

        args.CompletedSynchronously = true;
        return false;
    }

    /// <returns>Whether the callback reports completion.</returns>
    public override bool WriteAsync(TransportAsyncCallbackArgs args)
    {
        var sending = _sending;
        if (args.Buffer is { } buffer)
        {
            sending.SetBuffer(buffer, args.Offset, args.Count);
        }
        else
        {
            sending.SetBuffer(Collect(args), 0, args.Count);
        }

        sending.UserToken = args;
        if (_socket.SendAsync(sending))
        {
            return true;
        }

        OnSent(sending, args);
        args.CompletedSynchronously = true;
        return false;
    }

    /// <summary>Disconnects the client soon, whatever it sends.</summary>
    public void StartDeadline()
    {
        _isFinal = true;
        _deadline.Change(AmqpLimits.Patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Registers what to do when the library fails inside a callback and leaves its links open.</summary>
    public void OnBroken(Action broken) => _broken = broken;

    public void Dispose() => Abort();

    protected override bool CloseInternal()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client has already disconnected.
        }
        catch (ObjectDisposedException)
        {
            // Already closed.
        }

        AbortInternal();
        return true;
    }

    protected override void AbortInternal()
    {
        _socket.Dispose();
        _receiving.Dispose();
        _sending.Dispose();
        _deadline.Dispose();

        // The library keeps closed objects for a minute when the client does not answer; the buffers are released now.
        _receiving = new SocketAsyncEventArgs();
        _sending = new SocketAsyncEventArgs();
        (_received, _toSend, _next, _end) = ([], [], 0, 0);
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            _ended();
        }
    }

    private void Finish(SocketAsyncEventArgs finished, Action<SocketAsyncEventArgs, TransportAsyncCallbackArgs> read)
    {
        try
        {
            var args = (TransportAsyncCallbackArgs)finished.UserToken!;
            read(finished, args);
            args.CompletedSynchronously = false;
            args.CompletedCallback(args);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nothing above catches it, so it would end the process. HandleTable.Remove, for example, throws for
            // handles above 2^31.
            AbortInternal();
            _broken?.Invoke();
        }
    }

    private void OnReceived(SocketAsyncEventArgs received, TransportAsyncCallbackArgs args)
    {
        _next = 0;
        _end = received.SocketError == SocketError.Success ? received.BytesTransferred : 0;
        WatchFrames(received.Buffer.AsSpan(0, _end));
        HandOut(args);
        args.Exception = Failure(received);
    }

    /// <summary>Sets the deadline: until the client's <c>open</c>, then for each incomplete frame.</summary>
    private void WatchFrames(ReadOnlySpan<byte> received)
    {
        var hasEnded = _boundaries.Pass(received);
        if (!_boundaries.HasOpened || _isFinal)
        {
            return;
        }

        var wasWaiting = _isWaiting;
        _isWaiting = _boundaries.IsInside;
        if (_isWaiting != wasWaiting || (_isWaiting && hasEnded))
        {
            _deadline.Change(_isWaiting ? AmqpLimits.Patience : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private static void OnSent(SocketAsyncEventArgs sent, TransportAsyncCallbackArgs args)
    {
        args.BytesTransfered = sent.BytesTransferred;
        args.Exception = Failure(sent);
    }

    private void HandOut(TransportAsyncCallbackArgs args)
    {
        var count = Math.Min(args.Count, _end - _next);
        Buffer.BlockCopy(_received, _next, args.Buffer, args.Offset, count);
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

    private static SocketException? Failure(SocketAsyncEventArgs args) =>
        args.SocketError == SocketError.Success ? null : new SocketException((int)args.SocketError);
}
