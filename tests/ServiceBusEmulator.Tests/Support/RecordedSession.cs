using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// The frames that the .NET client sends, from its <c>open</c> on, while it uses most of its operations.
/// </summary>
internal sealed class RecordedSession
{
    private RecordedSession(IReadOnlyList<byte[]> frames) => Frames = frames;

    public IReadOnlyList<byte[]> Frames { get; }

    /// <summary>Records a session as a proxy between the client and the emulator.</summary>
    public static async Task<RecordedSession> OfAsync(string connectionString)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var own = connectionString.Split(';')[0];
        var port = int.Parse(own.Split(':')[^1]);
        using MemoryStream sent = new();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(RunningEmulator.Token);
        var recording = Task.Run(() => RecordAsync(listener, port, sent, ended.Token), RunningEmulator.Token);
        await using (
            ServiceBusClient client = new(
                connectionString.Replace(
                    $":{port}",
                    $":{((IPEndPoint)listener.LocalEndpoint).Port}",
                    StringComparison.Ordinal
                )
            )
        )
        {
            await UseAsync(client);
        }

        await ended.CancelAsync();
        await recording;
        return new RecordedSession([.. Split(sent.ToArray())]);
    }

    private static async Task UseAsync(ServiceBusClient client)
    {
        await using var sender = client.CreateSender("orders");
        ServiceBusMessage message = new("{\"orderId\":\"1\"}")
        {
            Subject = "s",
            CorrelationId = "c",
            ReplyTo = "r",
            To = "t",
            TimeToLive = TimeSpan.FromHours(1),
            ContentType = "application/json",
            ApplicationProperties =
            {
                ["text"] = "a",
                ["number"] = 7,
                ["when"] = DateTimeOffset.UnixEpoch,
                ["uri"] = new Uri("https://example.org/"),
                ["span"] = TimeSpan.FromSeconds(1),
                ["id"] = Guid.Empty,
            },
        };
        await sender.SendMessageAsync(message, RunningEmulator.Token);
        await sender.SendMessagesAsync(
            [Messages.Of("a"), Messages.Of("b"), Messages.Of("c"), Messages.Of("d")],
            RunningEmulator.Token
        );
        await using (var publisher = client.CreateSender("events"))
        {
            await publisher.SendMessageAsync(new ServiceBusMessage(new byte[100_000]), RunningEmulator.Token);
        }

        var number = await sender.ScheduleMessageAsync(
            Messages.Of("later"),
            DateTimeOffset.MaxValue,
            RunningEmulator.Token
        );
        await sender.CancelScheduledMessageAsync(number, RunningEmulator.Token);
        await using var receiver = client.CreateReceiver("orders");
        await receiver.PeekMessagesAsync(10, cancellationToken: RunningEmulator.Token);
        await receiver.CompleteMessageAsync(await receiver.NextAsync(), RunningEmulator.Token);
        await receiver.AbandonMessageAsync(
            await receiver.NextAsync(),
            new Dictionary<string, object> { ["tried"] = 1 },
            RunningEmulator.Token
        );
        await receiver.DeadLetterMessageAsync(
            await receiver.NextAsync(),
            "reason",
            "description",
            RunningEmulator.Token
        );
        var renewed = await receiver.NextAsync();
        await receiver.RenewMessageLockAsync(renewed, RunningEmulator.Token);
        await receiver.DeferMessageAsync(renewed, cancellationToken: RunningEmulator.Token);
        await receiver.ReceiveDeferredMessageAsync(renewed.SequenceNumber, RunningEmulator.Token);
        await receiver.ReceiveMessagesAsync(20, RunningEmulator.Moment, RunningEmulator.Token);
    }

    private static async Task RecordAsync(
        TcpListener listener,
        int port,
        Stream sent,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            using TcpClient broker = new();
            await broker.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            var back = broker.GetStream().CopyToAsync(client.GetStream(), cancellationToken);
            var bytes = new byte[64 * 1024];
            int read;
            while ((read = await client.GetStream().ReadAsync(bytes, cancellationToken)) > 0)
            {
                sent.Write(bytes, 0, read);
                await broker.GetStream().WriteAsync(bytes.AsMemory(0, read), cancellationToken);
            }

            await back;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has disconnected.
        }
    }

    private static IEnumerable<byte[]> Split(byte[] bytes)
    {
        // The second protocol header is the one of AMQP; authentication comes before it.
        var at = bytes.AsSpan().LastIndexOf(Encoding.Latin1.GetBytes("AMQP\0\u0001\0\0")) + 8;
        while (at < bytes.Length)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            yield return bytes[at..(at + size)];
            at += size;
        }
    }
}
