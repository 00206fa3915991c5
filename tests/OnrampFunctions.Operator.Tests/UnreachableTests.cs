using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OnrampFunctions.Operator.Tests;

/// <summary>A namespace that cannot be reached is told so within seconds, whoever does not answer there.</summary>
public sealed class UnreachableTests
{
    /// <summary>The SDK's own default is four tries of a minute each.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(FaultTests.Commands), MemberType = typeof(FaultTests))]
    public async Task Where_nobody_listens_nobody_waits(string command, string roles)
    {
        Assert.NotEmpty(roles);
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await AssertUnreachableAsync(command, port, "the connection was refused");
    }

    [Fact]
    public async Task Where_somebody_listens_and_never_answers_nobody_waits_long()
    {
        using TcpListener mute = new(IPAddress.Loopback, 0);
        mute.Start();
        await AssertUnreachableAsync("dead-letters list", ((IPEndPoint)mute.LocalEndpoint).Port, "no response");
    }

    private static async Task AssertUnreachableAsync(string command, int port, string why)
    {
        var started = Stopwatch.GetTimestamp();
        var run = await Run.ToolAsync([
            .. command.Split(' '),
            "--connection-string",
            $"Endpoint=sb://localhost:{port};SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=true;",
        ]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"localhost cannot be reached ({why}). Check the name and the network",
            run.Sentence,
            StringComparison.Ordinal
        );
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Seconds);
    }
}
