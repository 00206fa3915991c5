using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Benchmarks;

/// <summary>The extent of the measurements.</summary>
/// <param name="Signing">How long signing is measured.</param>
/// <param name="Rounds">Rounds of the compared parts in turn.</param>
/// <param name="Round">Duration of a round.</param>
/// <param name="WarmUp">Duration of the warm-up of a part, until its code is fully optimised. That takes half a minute
/// on a busy machine.</param>
/// <param name="Messages">Queue messages of a round.</param>
/// <param name="Instances">New instances of each program whose first seconds are measured.</param>
/// <param name="Young">How long an instance counts as young.</param>
/// <param name="Aging">How long it is under load between its first and its last measured seconds.</param>
/// <param name="Starts">Starts of each build of the Functions apps.</param>
/// <param name="IsPublished">Whether the Functions apps are published, as they are deployed.</param>
/// <param name="Waiting">How many timeouts wait while another is armed.</param>
/// <param name="Armings">Timeouts that are armed in a round.</param>
internal sealed record Scale(
    Job Signing,
    int Rounds,
    TimeSpan Round,
    TimeSpan WarmUp,
    int Messages,
    int Instances,
    TimeSpan Young,
    TimeSpan Aging,
    int Starts,
    bool IsPublished,
    int Waiting,
    int Armings
)
{
    /// <summary>A quarter of an hour.</summary>
    public static Scale Full { get; } =
        new(
            Signing: Job.Default.WithWarmupCount(5).WithIterationCount(15),
            Rounds: 7,
            Round: TimeSpan.FromSeconds(2),
            WarmUp: TimeSpan.FromSeconds(15),
            Messages: 4_000,
            Instances: 1,
            Young: TimeSpan.FromSeconds(5),
            Aging: TimeSpan.FromSeconds(50),
            Starts: 4,
            IsPublished: true,
            Waiting: 1_000_000,
            Armings: 1000
        );

    /// <summary>A few minutes: the same measurements, less precise.</summary>
    public static Scale Quick { get; } =
        new(
            Signing: Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(200)),
            Rounds: 3,
            Round: TimeSpan.FromSeconds(2),
            WarmUp: TimeSpan.FromSeconds(5),
            Messages: 1_000,
            Instances: 1,
            Young: TimeSpan.FromSeconds(5),
            Aging: TimeSpan.FromSeconds(10),
            Starts: 3,
            IsPublished: false,
            Waiting: 100_000,
            Armings: 300
        );

    /// <summary>Less than a minute, to check that everything runs. The figures mean nothing.</summary>
    public static Scale Smoke { get; } =
        new(
            Signing: Job.Dry,
            Rounds: 1,
            Round: TimeSpan.FromMilliseconds(200),
            WarmUp: TimeSpan.Zero,
            Messages: 50,
            Instances: 1,
            Young: TimeSpan.FromMilliseconds(200),
            Aging: TimeSpan.Zero,
            Starts: 1,
            IsPublished: false,
            Waiting: 100,
            Armings: 10
        );
}
