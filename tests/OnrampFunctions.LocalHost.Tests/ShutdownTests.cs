using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The host stops, or callers disconnect, while work is in progress.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Finishes_what_can_be_finished_when_it_stops()
    {
        await using var host = await RunningHost.StartAsync();
        var held = host.Simulator.Order("1443").Hold(ProviderOperation.Cancel);
        host.Simulator.Order("1443").Plan(new PlannedFault(FaultKind.AnswerLost, ProviderOperation.Cancel));
        var answer = host.CancelAsync("1443");
        await held.Arrived.WaitAsync(RunningHost.Patience, RunningHost.Token);

        var stopping = host.Host.StopAsync(RunningHost.Token);
        held.Release();

        // The second call, which determines the result of the first, still reaches the simulator.
        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
        await stopping;
        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
    }

    [Fact]
    public async Task Abandons_what_takes_too_long_and_loses_nothing()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__Receivers", "1"));
        var byHttp = host.Simulator.Order("1443").Hold(ProviderOperation.Cancel);
        var byMessage = host.Simulator.Order("1448").Hold(ProviderOperation.Cancel);
        var answer = host.CancelAsync("1443");
        await host.PostAsync("/cancel-requests/messages", """{"hash":"9f86d081884c7d65"}""");
        await host.PostAsync("/cancel-requests/messages", """{"orderId":"1447"}""");
        await Task.WhenAll(byHttp.Arrived, byMessage.Arrived).WaitAsync(RunningHost.Token);

        var stopping = host.Host.StopAsync(RunningHost.Token);
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        await stopping;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).Status);

        // The receiver may take messages until it has stopped. It leaves them to their locks.
        host.Clock.Advance(RunningHost.LockDuration);
        await host
            .Queue.WhenAsync(static counts => counts == new QueueCounts(2, 0, 0), RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        Assert.Equal(0, host.Host.Broker.Local.Counts.Ready);
    }

    [Fact]
    public async Task Cannot_stop_a_cancel_by_hanging_up()
    {
        await using var host = await RunningHost.StartAsync();
        var held = host.Simulator.Order("1443").Hold(ProviderOperation.Cancel);
        using (TcpClient caller = new())
        {
            await caller.ConnectAsync(host.Host.BaseAddress.Host, host.Host.BaseAddress.Port, RunningHost.Token);
            await caller
                .GetStream()
                .WriteAsync(
                    Encoding.ASCII.GetBytes(
                        "POST /api/orders/cancel HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"orderId\":\"1443\"}"
                    ),
                    RunningHost.Token
                );
            await held.Arrived.WaitAsync(RunningHost.Patience, RunningHost.Token);
            caller.LingerState = new LingerOption(true, 0);
        }

        held.Release();

        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
    }
}
