namespace Benchmarks.Tests;

/// <summary>The harness runs from end to end; nothing is said about its figures.</summary>
public sealed class SmokeTests
{
    [Fact]
    public async Task Everything_that_is_measured_can_be_measured() => Assert.Equal(0, await Suite.RunAsync(Scale.Smoke));
}
