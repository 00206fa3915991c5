using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Signing">How long signing is measured.</param>
/// <param name="Rounds">Alternating rounds of relay and host.</param>
/// <param name="RoundRequests">Requests in each round, and in the memory measurement.</param>
/// <param name="WarmUpRequests">Requests before anything is measured: until the code is compiled for good, which takes a busy machine a quarter of a minute.</param>
/// <param name="Messages">Messages of the queue measurement.</param>
/// <param name="LongRequests">Requests over which the memory must stay flat.</param>
/// <param name="InFlight">Requests at the same time in the memory measurement.</param>
/// <param name="Starts">Starts of each published build; 0 leaves them out.</param>
public sealed record Scale(Job Signing, int Rounds, int RoundRequests, int WarmUpRequests, int Messages, int LongRequests, int InFlight, int Starts)
{
    /// <summary>A few minutes.</summary>
    public static Scale Full { get; } = new(
        Signing: Job.Default.WithWarmupCount(5).WithIterationCount(15), Rounds: 25, RoundRequests: 8_000, WarmUpRequests: 200_000, Messages: 30_000, LongRequests: 200_000, InFlight: 1000, Starts: 5);

    /// <summary>Under a minute: the same shape, coarser.</summary>
    public static Scale Quick { get; } = new(
        Signing: Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(200)), Rounds: 7, RoundRequests: 6_000, WarmUpRequests: 60_000, Messages: 8_000, LongRequests: 20_000, InFlight: 1000, Starts: 0);

    /// <summary>A few seconds, to see that everything runs; its figures mean nothing.</summary>
    public static Scale Smoke { get; } = new(
        Signing: Job.Dry, Rounds: 1, RoundRequests: 100, WarmUpRequests: 100, Messages: 100, LongRequests: 100, InFlight: 20, Starts: 0);
}
