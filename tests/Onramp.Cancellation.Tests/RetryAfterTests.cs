using System.Reflection;

namespace Onramp.Cancellation.Tests;

/// <summary>Every retryable response says when to retry.</summary>
public sealed class RetryAfterTests
{
    public static TheoryData<string> Codes => [.. ProblemType.All.Select(static type => type.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_type_of_problem_that_can_be_retried_has_a_wait_and_no_other_has(string code)
    {
        var type = ProblemType.All.Single(type => type.Code == code);
        Assert.Equal(type.Status is 408 or 429 or >= 500 || code == "incomplete-body", type.RetryAfter is not null);
        Assert.True(type.RetryAfter is null || type.RetryAfter >= TimeSpan.FromSeconds(1));
    }

    /// <summary>Two methods create problem types. The one for retryable problems requires a delay.</summary>
    [Fact]
    public void No_type_of_problem_can_be_made_without_saying_which_it_is() =>
        Assert.All(
            typeof(ProblemType).GetConstructors(BindingFlags.Public | BindingFlags.Instance),
            static _ => Assert.Fail("There is a public constructor.")
        );

    [Theory]
    [MemberData(nameof(OutcomeCases.Kinds), MemberType = typeof(OutcomeCases))]
    public async Task A_longer_wait_that_Onramp_asks_for_is_passed_on_and_a_final_outcome_has_none(OutcomeKind kind)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.LeadTo(kind);
        var answer = await service.SendAsync(new() { Body = """{"orderId":"1443"}"""u8.ToArray() });
        Assert.Equal(OutcomeCases.Of(kind).RetryAfter, answer.Header("Retry-After"));
    }

    [Fact]
    public async Task Every_failure_on_the_way_says_when_to_retry()
    {
        await using var unstarted = Service.Create();
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Callers__RequestsPerMinute", "4")
        );
        service.Queue.Refuses = true;
        service.Topic.Refuses = true;
        service.Rows.FaultOf = static (name, _) => name == "query" ? RowFault.Refuse : RowFault.None;
        service.Provider.Otherwise = Answers.Cancelled;
        var body = """{"orderId":"1443"}"""u8.ToArray();
        ContractAnswer[] answers =
        [
            await unstarted.SendAsync(
                new()
                {
                    Method = "GET",
                    Path = "/api/health",
                    ContentType = null,
                }
            ),
            await service.SendAsync(new() { Body = body }),
            await service.SendAsync(new() { Body = body, Headers = [("Prefer", "respond-async")] }),
            await service.SendAsync(
                new()
                {
                    Method = "PUT",
                    Path = "/api/orders/1443/timeout",
                    Body = """{"after":"PT30M"}"""u8.ToArray(),
                }
            ),
            await service.SendAsync(
                new()
                {
                    Method = "GET",
                    Path = "/api/orders/1443/outcomes",
                    ContentType = null,
                }
            ),
            await service.SendAsync(new() { Body = body }),
        ];
        Assert.Equal(
            [
                "not-ready",
                "outcome-not-published",
                "queue-unavailable",
                "queue-unavailable",
                "records-unavailable",
                "too-many-requests",
            ],
            answers.Select(static answer => answer.Problem)
        );
        Assert.All(answers, static answer => Assert.InRange(int.Parse(answer.Header("Retry-After")!, null), 1, 60));
        Assert.All(answers, static answer => Assert.Equal("True", answer.Text("retryable")));
    }
}
