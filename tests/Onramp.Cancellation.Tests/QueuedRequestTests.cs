using System.Reflection;

namespace Onramp.Cancellation.Tests;

/// <summary>The data of a request is not lost while it waits on the queue.</summary>
public sealed class QueuedRequestTests
{
    /// <summary>What a new message does not keep: it has its own trigger and no earlier deliveries.</summary>
    private static readonly string[] NotKept =
    [
        nameof(CancelRequest.Trigger),
        nameof(CancelRequest.EarlierAttempts),
        nameof(CancelRequest.RetryingSince),
        nameof(CancelRequest.GraceAfterEnd),
    ];

    private static readonly Type Reader = typeof(CancelRequest).Assembly.GetType(
        "Onramp.Cancellation.Queue.CancelMessageReader",
        throwOnError: true
    )!;

    [Fact]
    public async Task Everything_that_a_request_says_is_read_again_from_its_message()
    {
        await using var service = await Service.StartAsync();
        var request = new CancelRequest
        {
            RequestId = "request-1",
            Order = OrderReference.FromHash("abc"),
            Trigger = CancelTrigger.Http,
            RequestedAt = service.Time.GetUtcNow() + TimeSpan.FromDays(1),
        };
        var kept = typeof(CancelRequest)
            .GetProperties()
            .Where(static property => !NotKept.Contains(property.Name))
            .ToList();
        foreach (var property in kept.Where(property => property.GetValue(request) is null or false))
        {
            property.SetValue(request, property.PropertyType == typeof(bool) ? true : property.Name);
        }

        Assert.True(await service.Get<RequestQueue>().TryDeferAsync(request, TestContext.Current.CancellationToken));
        var read = Read(service, QueueTests.Deliver(Assert.Single(service.Queue.Sent)));
        Assert.All(
            kept,
            property =>
                Assert.Equal((property.Name, property.GetValue(request)), (property.Name, property.GetValue(read)))
        );
    }

    private static CancelRequest Read(Service service, InboundMessage message)
    {
        var reading = Reader
            .GetMethod("Read", BindingFlags.Public | BindingFlags.Instance)!
            .Invoke(service.Get<IServiceProvider>().GetService(Reader), [message])!;
        return (CancelRequest)reading.GetType().GetProperty("Request")!.GetValue(reading)!;
    }
}
