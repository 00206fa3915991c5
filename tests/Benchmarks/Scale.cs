using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Benchmarks;

/// <summary>The extent of the measurements.</summary>
/// <param name="Signing">How long signing is measured.</param>
/// <param name="Cancels">Cancels for counting bytes.</param>
/// <param name="Rounds">Alternating rounds of the two compared parts.</param>
/// <param name="Round">Duration of a round.</param>
/// <param name="WarmUp">Duration of the warm-up, until the code is fully optimised. That takes half a minute on a busy
/// machine.</param>
/// <param name="Messages">Messages for measuring queue and broker.</param>
/// <param name="Long">How long the memory must stay flat.</param>
/// <param name="InFlight">Requests at the same time in the memory measurement.</param>
/// <param name="Waiting">How many timeouts wait while another is armed.</param>
/// <param name="Armings">Timeouts that are armed at each of these numbers.</param>
/// <param name="Starts">Starts of each published build. With 0 they are left out, and the Functions apps are not
/// published.</param>
public sealed record Scale(
    Job Signing,
    int Cancels,
    int Rounds,
    TimeSpan Round,
    TimeSpan WarmUp,
    int Messages,
    TimeSpan Long,
    int InFlight,
    IReadOnlyList<int> Waiting,
    int Armings,
    int Starts
)
{
    /// <summary>A few minutes.</summary>
    public static Scale Full { get; } =
        new(
            Signing: Job.Default.WithWarmupCount(5).WithIterationCount(15),
            Cancels: 2000,
            Rounds: 9,
            Round: TimeSpan.FromSeconds(2),
            WarmUp: TimeSpan.FromSeconds(25),
            Messages: 20_000,
            Long: TimeSpan.FromSeconds(40),
            InFlight: 1000,
            Waiting: [10, 10_000, 1_000_000],
            Armings: 2000,
            Starts: 5
        );

    /// <summary>Under two minutes: the same measurements, less precise.</summary>
    public static Scale Quick { get; } =
        new(
            Signing: Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(200)),
            Cancels: 2000,
            Rounds: 3,
            Round: TimeSpan.FromSeconds(2),
            WarmUp: TimeSpan.FromSeconds(5),
            Messages: 8_000,
            Long: TimeSpan.FromSeconds(8),
            InFlight: 1000,
            Waiting: [10, 10_000, 100_000],
            Armings: 500,
            Starts: 0
        );

    /// <summary>A few seconds, to check that everything runs. The figures mean nothing.</summary>
    public static Scale Smoke { get; } =
        new(
            Signing: Job.Dry,
            Cancels: 50,
            Rounds: 1,
            Round: TimeSpan.FromMilliseconds(200),
            WarmUp: TimeSpan.FromMilliseconds(100),
            Messages: 200,
            Long: TimeSpan.FromMilliseconds(400),
            InFlight: 20,
            Waiting: [10, 100],
            Armings: 10,
            Starts: 0
        );
}
