using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;

namespace ServiceBusEmulator.Tests;

/// <summary>A client that can break the protocol, and sees every frame that it receives.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, RunningEmulator.Token);
        return new RawClient(socket);
    }

    /// <summary>Connects, authenticates, opens the connection and begins a session on channel 0.</summary>
    public static async Task<RawClient> BeginAsync(RunningEmulator emulator)
    {
        var client = await OpenAsync(emulator.Port);
        await client.SendAsync(
            new Begin
            {
                NextOutgoingId = 0,
                IncomingWindow = 10_000,
                OutgoingWindow = 10_000,
            }
        );
        await client.ReceiveAsync<Begin>();
        return client;
    }

    public static async Task<RawClient> OpenAsync(int port)
    {
        var client = await ConnectAsync(port);
        await client.AuthenticateAsync("ANONYMOUS", []);
        await client.StartAsync();
        await client.SendAsync(new Open { ContainerId = "raw" });
        await client.ReceiveAsync<Open>();
        return client;
    }

    public async Task<SaslCode?> AuthenticateAsync(string mechanism, byte[] response)
    {
        await SendAsync(Encoding.Latin1.GetBytes("AMQP\u0003\u0001\0\0"));
        await _stream.ReadExactlyAsync(new byte[8], RunningEmulator.Token);
        await ReceiveAsync<SaslMechanisms>();
        await SendAsync(
            FrameOf(new SaslInit { Mechanism = mechanism, InitialResponse = response }, type: FrameType.Sasl)
        );
        return (await ReceiveAsync<SaslOutcome>()).OutcomeCode;
    }

    /// <summary>Exchanges protocol headers.</summary>
    public async Task StartAsync()
    {
        await SendAsync(Encoding.Latin1.GetBytes("AMQP\0\u0001\0\0"));
        await _stream.ReadExactlyAsync(new byte[8], RunningEmulator.Token);
    }

    /// <summary>Attaches a link for sending and waits for credit.</summary>
    public async Task AttachSenderAsync(string address, uint handle = 0)
    {
        await SendAsync(
            new Attach
            {
                LinkName = $"sender-{handle}",
                Handle = handle,
                Role = false,
                Source = new Source(),
                Target = new Target { Address = address },
                InitialDeliveryCount = 0,
            }
        );
        await ReceiveAsync<Attach>();
        await ReceiveAsync<Flow>();
    }

    /// <summary>Attaches a link for receiving.</summary>
    public async Task AttachReceiverAsync(string address, uint handle = 0)
    {
        await SendAsync(
            new Attach
            {
                LinkName = $"receiver-{handle}",
                Handle = handle,
                Role = true,
                Source = new Source { Address = address },
                Target = new Target { Address = $"reply-{handle}" },
            }
        );
        await ReceiveAsync<Attach>();
    }

    /// <summary>Sends a message and returns its outcome.</summary>
    public async Task<DeliveryState> DeliverAsync(uint id, byte[] message, uint handle = 0, uint format = 0)
    {
        await SendAsync(Transfer(id, more: false, handle, format), message);
        return (await ReceiveAsync<Disposition>()).State;
    }

    public static Transfer Transfer(uint id, bool more, uint handle = 0, uint format = 0) =>
        new()
        {
            Handle = handle,
            DeliveryId = id,
            DeliveryTag = BitConverter.GetBytes(id),
            MessageFormat = format,
            More = more,
            Settled = false,
        };

    public Task SendAsync(Performative performative, params byte[] payload) =>
        SendAsync(FrameOf(performative, payload));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, RunningEmulator.Token);

    public static byte[] FrameOf(Performative performative, byte[]? payload = null, FrameType type = FrameType.Amqp)
    {
        var encoded = Frame.EncodeCommand(type, channel: 0, performative, payload?.Length ?? 0);
        return [.. encoded.Buffer.AsSpan(encoded.Offset, encoded.Length), .. payload ?? []];
    }

    /// <summary>A frame with any body.</summary>
    public static byte[] FrameOf(params byte[] body)
    {
        var frame = new byte[8 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        frame[4] = 2;
        body.CopyTo(frame, 8);
        return frame;
    }

    /// <summary>The next frame, which must have that type.</summary>
    public async Task<T> ReceiveAsync<T>()
        where T : Performative =>
        await ReceiveAsync() switch
        {
            T expected => expected,
            var other => throw new InvalidOperationException(
                $"Not a {typeof(T).Name} but {other?.ToString() ?? "the end"}."
            ),
        };

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<Performative?> ReceiveAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(RunningEmulator.Token);
        patience.CancelAfter(RunningEmulator.Patience);
        try
        {
            var size = new byte[4];
            await _stream.ReadExactlyAsync(size, patience.Token);
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            size.CopyTo(frame, 0);
            await _stream.ReadExactlyAsync(frame.AsMemory(4), patience.Token);
            Frame decoded = new();
            decoded.Decode(new ByteBuffer(frame, 0, frame.Length));
            return decoded.Command ?? await ReceiveAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads until the connection ends, and returns the error of the close; null without one.</summary>
    public async Task<Error?> EndAsync()
    {
        Error? error = null;
        while (await ReceiveAsync() is { } performative)
        {
            if (performative is Close close)
            {
                error = close.Error;
                await SendAsync(new Close());
            }
        }

        return error;
    }

    /// <summary>Shuts down sending.</summary>
    public void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Already closed.
        }
    }

    /// <summary>Waits until the connection ends and returns true.</summary>
    public async Task<bool> IsEndedAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(RunningEmulator.Token);
        patience.CancelAfter(RunningEmulator.Patience);
        var bytes = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(bytes, patience.Token) > 0) { }
        }
        catch (IOException)
        {
            // Reset.
        }

        return true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
