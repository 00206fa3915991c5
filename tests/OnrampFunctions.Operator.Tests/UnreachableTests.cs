using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OnrampFunctions.Operator.Tests;

/// <summary>An unreachable namespace is reported within seconds, whatever the cause.</summary>
public sealed class UnreachableTests
{
    /// <summary>The default of the SDK is four attempts of a minute each.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(FaultTests.Commands), MemberType = typeof(FaultTests))]
    public async Task Without_a_receiver_a_stop_does_not_wait(string command, string roles)
    {
        Assert.NotEmpty(roles);
        await AssertUnreachableAsync(command, InstalledProgram.UnusedPort, "the connection was refused");
    }

    [Fact]
    public async Task A_receiver_that_never_responds_does_not_delay_a_stop_for_long()
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
