using System.Diagnostics;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// Randomly changed frames of a real client's session: whatever they become, the process survives, its memory stays
/// small, and other clients are served. A seed makes a run repeatable. The environment variable <c>FUZZ_FRAMES</c> sets
/// the number of frames, for example for
/// <c>dotnet test --project tests/ServiceBusEmulator.Tests -- --filter-class "*FuzzTests"</c>.
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 20261129;

    [Fact]
    public async Task Survives_changed_frames()
    {
        var frames = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_FRAMES"), out var count) ? count : 3000;
        await using var emulator = await RunningEmulator.StartAsync();
        var session = await RecordedSession.OfAsync(emulator.ConnectionString);
        var before = PeakMegabytes();

        await new FrameFuzzer(session, emulator.Port, Seed).SendAsync(frames);

        await ServesAsync(emulator);
        Assert.InRange(PeakMegabytes() - before, 0, 300);
    }

    private static async Task ServesAsync(RunningEmulator emulator)
    {
        await emulator.SendAsync("forgetful", Messages.Of("after"));
        await using var receiver = emulator.Receiver("forgetful", ServiceBusReceiveMode.ReceiveAndDelete);
        while ((await receiver.NextAsync()).MessageId != "after") { }
    }

    /// <summary>The most memory that this process, which also sends the frames, has had.</summary>
    private static long PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1024 / 1024;
    }
}
