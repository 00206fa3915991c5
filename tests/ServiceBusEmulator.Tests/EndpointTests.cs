using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace ServiceBusEmulator.Tests;

/// <summary>Where the emulator listens, and what it does with clients that speak another protocol.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task Cannot_start_on_a_port_that_is_taken()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var failure = await Assert.ThrowsAsync<IOException>(() =>
            Emulator.StartAsync(new EmulatorOptions { Port = port }, RunningEmulator.Token)
        );

        Assert.Equal($"Port {port} is taken or not allowed.", failure.Message);
    }

    [Fact]
    public async Task Serves_no_REST_unless_asked_to()
    {
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions(), RunningEmulator.Token);
        Assert.Null(emulator.RestAddress);
    }

    [Fact]
    public async Task Listens_on_loopback_and_nowhere_else()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        var own = new[] { emulator.Rest.Address.Port, emulator.Port };

        var listeners = IPGlobalProperties
            .GetIPGlobalProperties()
            .GetActiveTcpListeners()
            .Where(listener => own.Contains(listener.Port))
            .ToList();

        Assert.All(own, port => Assert.Contains(listeners, listener => listener.Port == port));
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener}"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("AMQP\0\0\u0009\u0001")]
    [InlineData("AMQP\u0003\u0001\0\0\0\0\0\u0008\u0002\u0001\0\0nonsense")]
    [InlineData("")]
    public async Task Ignores_clients_that_speak_another_protocol(string bytes)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        using (TcpClient stranger = new())
        {
            await stranger.ConnectAsync(IPAddress.Loopback, emulator.Port, RunningEmulator.Token);
            await stranger.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes), RunningEmulator.Token);
        }

        await emulator.SendAsync("orders", Messages.Of("a"));
        await using var receiver = emulator.Receiver("orders");
        Assert.Equal("a", (await receiver.NextAsync()).MessageId);
    }

    [Fact]
    public async Task Serves_the_next_client_after_one_whose_time_was_over_at_once()
    {
        await using var emulator = await Emulator.StartAsync(
            new EmulatorOptions { Clock = new ImpatientClock() },
            RunningEmulator.Token
        );

        Assert.Equal(0, await AnswerAsync());
        Assert.Equal(8, await AnswerAsync());

        // The number of bytes that answer a client's protocol header; 0 if it is disconnected instead.
        async Task<int> AnswerAsync()
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, emulator.Port, RunningEmulator.Token);
            var answer = new byte[8];
            try
            {
                await client.GetStream().WriteAsync("AMQP\u0003\u0001\0\0"u8.ToArray(), RunningEmulator.Token);
                return await client
                    .GetStream()
                    .ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, RunningEmulator.Token)
                    .AsTask()
                    .WaitAsync(RunningEmulator.Patience, RunningEmulator.Token);
            }
            catch (IOException)
            {
                // The connection was reset, because the header was not read.
                return 0;
            }
        }
    }

    [Fact]
    public async Task Stops_immediately_while_clients_are_connected()
    {
        var emulator = await RunningEmulator.StartAsync();
        await using var receiver = emulator.Receiver("orders");
        var waiting = receiver.NoneAsync();

        await emulator.StopAsync().WaitAsync(TimeSpan.FromSeconds(4), RunningEmulator.Token);

        await Task.WhenAny(waiting);
        await emulator.DisposeAsync();
    }

    /// <summary>A clock whose first time limit is over at once.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        private int _timers;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.FromSeconds(10) && Interlocked.Increment(ref _timers) == 1)
            {
                callback(state);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
