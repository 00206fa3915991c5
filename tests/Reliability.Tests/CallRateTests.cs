namespace Reliability.Tests;

public sealed class CallRateTests
{
    /// <summary>Milliseconds of calls, and the most of them in any second.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("5", 1)]
    [InlineData("0 999", 2)]
    [InlineData("0 1000", 1)]
    [InlineData("900 1000 1100 1899", 4)]
    [InlineData("900 1000 1100 1900", 3)]
    [InlineData("1100 0 999 2050", 2)]
    public void Counts_the_calls_of_every_second_wherever_it_begins(string calls, int most) =>
        Assert.Equal(
            most,
            CallRate
                .Highest(
                    calls
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(static call => TimeSpan.FromMilliseconds(int.Parse(call, null)))
                )
                .Calls
        );

    [Theory]
    [InlineData(500, 550, false)]
    [InlineData(500, 551, true)]
    [InlineData(0, 100_000, false)]
    public void Breaks_a_promise_beyond_the_budget_and_its_burst(int budget, int calls, bool isBroken) =>
        Assert.Equal(isBroken, RunRules.CheckCalls((calls, TimeSpan.Zero), budget).Any());
}
