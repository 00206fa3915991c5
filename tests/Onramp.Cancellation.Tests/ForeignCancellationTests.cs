using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// A cancellation that nobody asked for is an error like any other: it is logged, and not taken for a host that stops.
/// </summary>
public sealed class ForeignCancellationTests
{
    private const string Cancel = """{"orderId":"1443"}""";

    internal static OperationCanceledException Foreign => new("Somebody else's", new CancellationToken(canceled: true));

    [Fact]
    public async Task A_message_whose_retry_cannot_be_scheduled_is_abandoned_with_an_error()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Throw;
        service.Queue.Fault = Foreign;
        Assert.Equal(Settlement.Abandon, await service.HandleAsync(Cancel));
        AssertLogged(service, 403);
    }

    [Fact]
    public async Task A_message_that_cannot_be_handled_is_abandoned_with_an_error()
    {
        await using var service = await Service.StartAsync();
        service.Queue.NamespaceFault = Foreign;
        Assert.Equal(Settlement.Abandon, await service.HandleAsync(Cancel));
        AssertLogged(service, 402);
    }

    [Fact]
    public async Task A_request_fails_with_an_error()
    {
        await using var service = await Service.StartAsync();
        var context = new ContractRequest { Method = "GET", ContentType = null }.ToContext();
        context.Request.RouteValues["order"] = "1443";
        context.Features.Set<IQueryFeature>(new BrokenQuery());
        var answer = await service.Get<OrderApi>().AnswerAsync(ApiRoute.OrderOutcomes, context);
        Assert.Equal(500, (await ApiResponse.OfAsync(context, answer)).StatusCode);
        AssertLogged(service, 601);
    }

    [Fact]
    public async Task A_call_to_the_provider_has_no_answer()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Throw;
        Assert.Equal(OutcomeKind.Unavailable, (await service.CancelAsync()).Kind);
        AssertLogged(service, 211);
    }

    [Fact]
    public async Task An_event_is_not_published()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        service.Topic.Fault = Foreign;
        Assert.Equal(503, (await service.PostAsync(Cancel)).StatusCode);
        AssertLogged(service, 302);
    }

    [Fact]
    public async Task A_request_is_not_deferred()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Fault = Foreign;
        var answer = await service.PostAsync(Cancel, static with => with with { Prefer = "respond-async" });
        Assert.Equal(503, answer.StatusCode);
        AssertLogged(service, 405);
    }

    [Fact]
    public async Task A_timeout_is_not_armed()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Fault = Foreign;
        Assert.Equal(503, (await service.ArmAsync("""{"after":"PT30M"}""")).StatusCode);
        AssertLogged(service, 506);
    }

    [Fact]
    public async Task An_operation_on_a_table_fails()
    {
        await using var service = await Service.StartAsync();
        service.Rows.FaultOf = static (_, _) => throw Foreign;
        Assert.Equal(
            503,
            (
                await service.SendAsync(
                    new()
                    {
                        Method = "GET",
                        Path = "/api/orders/1443/outcomes",
                        ContentType = null,
                    }
                )
            ).Status
        );
        AssertLogged(service, 812);
    }

    [Fact]
    public async Task An_outcome_is_not_recorded_yet()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync(Cancel);
        service.Rows.FaultOf = static (_, _) => throw Foreign;
        Assert.False(
            await service
                .Get<OutcomeRecorder>()
                .TryRecordAsync(QueueTests.Deliver(service.Topic.Events[0]), TestContext.Current.CancellationToken)
        );
        AssertLogged(service, 822);
    }

    [Fact]
    public async Task A_shared_limit_does_not_answer()
    {
        SharedLimit shared = new() { Answer = static _ => throw Foreign };
        await using var service = await shared.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        AssertLogged(service, 221);
    }

    private static HttpResponseMessage Throw(ReceivedCall call, JumpingClock time, CancellationToken token) =>
        throw Foreign;

    private static void AssertLogged(Service service, int eventId) =>
        Assert.Contains(service.Log.Lines, line => line.Id == eventId);
}

/// <summary>A query that cannot be read because of a foreign cancellation.</summary>
internal sealed class BrokenQuery : IQueryFeature
{
    public IQueryCollection Query
    {
        get => throw ForeignCancellationTests.Foreign;
        set => throw new NotSupportedException();
    }
}
