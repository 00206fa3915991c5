using System.Text;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>The line of the log about an outcome, which operators read and alerts search.</summary>
public sealed class OutcomeLineTests
{
    private const string ById = """{"orderId":"1443"}""";
    private const string ByHash = """{"hash":"9f86d081884c7d65"}""";
    private const string ByHashIfUnpaid = """{"hash":"9f86d081884c7d65","onlyIfUnpaid":true}""";

    /// <summary>The request, the answers of cancelOrder and getOrder, and the line.</summary>
    public static TheoryData<string, string, string[], LogLevel, string> Lines =>
        new()
        {
            {
                ById,
                """{"status":1,"data":{"orderId":"1443","status":-3}}""",
                [],
                LogLevel.Information,
                "Cancel outcome cancelled: order 1443, request r-1, trigger http, caller none, order status -3, attempts 1, detail none"
            },
            {
                ByHash,
                """{"status":1,"data":{"orderId":"1443","status":-3}}""",
                [],
                LogLevel.Information,
                "Cancel outcome cancelled: order named by hash (order 1443), request r-1, trigger http, caller none, order status -3, attempts 1, detail none"
            },
            {
                ByHash,
                """{"status":1,"data":{"status":-3}}""",
                [],
                LogLevel.Information,
                "Cancel outcome cancelled: order named by hash, request r-1, trigger http, caller none, order status -3, attempts 1, detail none"
            },
            {
                ById,
                """{"status":1,"data":{"orderId":"1443","status":0}}""",
                ["""{"status":1,"data":{"orderId":1443,"status":0}}"""],
                LogLevel.Warning,
                "Cancel outcome failed/unavailable: order 1443, request r-1, trigger http, caller none, order status 0, attempts 1, detail the order still waits for payment after cancelOrder answered"
            },
            {
                ById,
                """{"status":0,"error":"Order cannot be cancelled"}""",
                ["""{"status":1,"data":{"orderId":1443,"status":0}}"""],
                LogLevel.Information,
                "Cancel outcome rejected: order 1443, request r-1, trigger http, caller none, order status 0, attempts 1, detail Order cannot be cancelled"
            },
            {
                ById,
                """{"status":0,"error":"?"}""",
                ["""{"status":1,"data":{"orderId":1443,"status":2}}"""],
                LogLevel.Information,
                "Cancel outcome not_cancellable: order 1443, request r-1, trigger http, caller none, order status 2, attempts 1, detail none"
            },
            {
                ById,
                """{"status":0,"error":"Order not found"}""",
                ["""{"status":0,"error":"Order not found"}"""],
                LogLevel.Information,
                "Cancel outcome not_found: order 1443, request r-1, trigger http, caller none, order status none, attempts 1, detail Order not found"
            },
            {
                ByHashIfUnpaid,
                """{"status":1,"data":{"orderId":"9999","status":-3}}""",
                [
                    """{"status":1,"data":{"orderId":1443,"status":0}}""",
                    """{"status":1,"data":{"orderId":9999,"status":-3}}""",
                ],
                LogLevel.Warning,
                "Cancel outcome failed/unavailable: order named by hash, request r-1, trigger http, caller none, order status none, attempts 1, detail two answers about one hash name different orders"
            },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Says_all_of_an_outcome(
        string body,
        string cancel,
        string[] reads,
        LogLevel level,
        string expected
    )
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnCancel(Answers.Json(200, cancel))
            .OnGet([.. reads.Select(static read => Answers.Json(200, read))]);
        await service.SendAsync(
            new ContractRequest { Body = Encoding.UTF8.GetBytes(body), Headers = [("Idempotency-Key", "r-1")] }
        );
        var line = Assert.Single(
            service.Log.Lines,
            static line => line.Text.StartsWith("Cancel outcome", StringComparison.Ordinal)
        );
        Assert.Equal($"{level}: {expected}", $"{line.Level}: {line.Text.TrimEnd()}");
        service.Provider.AssertScriptPlayed();
    }
}
