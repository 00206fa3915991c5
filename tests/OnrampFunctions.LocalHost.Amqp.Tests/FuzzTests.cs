using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>
/// Frames of a real client's session, changed at random: whatever they become, the process goes on, its memory stays
/// small, and other clients are served. A seed makes a run repeatable. <c>FUZZ_FRAMES</c> says how many frames the long
/// run sends, 100,000 by default; it is started by
/// <c>dotnet test --project tests/OnrampFunctions.LocalHost.Amqp.Tests -- --explicit only --filter-class "*FuzzTests"</c>.
/// </summary>
public sealed partial class FuzzTests
{
    private const int Seed = 20261129;

    [Fact]
    public async Task Survives_changed_frames()
    {
        await using var broker = await Broker.StartAsync();
        var session = await RecordedSession.OfAsync(broker.ConnectionString);

        await new FrameFuzzer(session, broker.Port, Seed).SendAsync(frames: 3000);

        await ServesAsync(broker.ConnectionString);
    }

    [Fact(Explicit = true)]
    public async Task Survives_many_changed_frames_in_a_process_of_its_own()
    {
        var frames = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_FRAMES"), out var count) ? count : 100_000;
        using Process host = new()
        {
            StartInfo = new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "OnrampFunctions.LocalHost.dll"),
                    "--urls",
                    "http://127.0.0.1:0",
                ]
            )
            {
                RedirectStandardOutput = true,
                Environment =
                {
                    ["LocalHost__EmulatorConfig"] = Path.Combine(AppContext.BaseDirectory, "Config.json"),

                    // What is published and not received is kept on purpose.
                    ["LocalHost__KeptMessages"] = "50",
                },
            },
        };
        host.Start();
        try
        {
            var connectionString = await ConnectionStringAsync(host);
            var session = await RecordedSession.OfAsync(connectionString);
            var port = int.Parse(PortPattern().Match(connectionString).Groups[1].Value, CultureInfo.InvariantCulture);
            var before = Megabytes(host);
            var begun = Stopwatch.GetTimestamp();

            await new FrameFuzzer(session, port, Seed).SendAsync(frames);

            await ServesAsync(connectionString);
            Assert.False(host.HasExited);
            var after = Megabytes(host);
            TestContext.Current.SendDiagnosticMessage(
                $"{frames} frames in {Stopwatch.GetElapsedTime(begun)}; at most {after} MB, before {before} MB."
            );
            Assert.InRange(after - before, 0, 300);
        }
        finally
        {
            host.Kill();
        }
    }

    private static async Task ServesAsync(string connectionString)
    {
        await using ServiceBusClient client = new(connectionString);
        await using var sender = client.CreateSender("forgetful");
        await sender.SendMessageAsync(new ServiceBusMessage("after") { MessageId = "after" }, Broker.Token);
        await using var receiver = client.CreateReceiver(
            "forgetful",
            new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete }
        );
        while ((await receiver.NextAsync()).MessageId != "after") { }
    }

    private static async Task<string> ConnectionStringAsync(Process host)
    {
        while (await host.StandardOutput.ReadLineAsync(Broker.Token) is { } line)
        {
            if (line.IndexOf("Endpoint=sb://", StringComparison.Ordinal) is var at and >= 0)
            {
                _ = host.StandardOutput.BaseStream.CopyToAsync(Stream.Null, Broker.Token);
                return line[at..].Trim();
            }
        }

        throw new InvalidOperationException("The local host did not start.");
    }

    /// <summary>The most memory that the process has had.</summary>
    private static long Megabytes(Process host)
    {
        host.Refresh();
        return host.PeakWorkingSet64 / 1024 / 1024;
    }

    [GeneratedRegex("localhost:([0-9]+)|127.0.0.1:([0-9]+)")]
    private static partial Regex PortPattern();
}
