// A storefront backend: it arms a timeout for the first order and disarms it, and cancels all orders.
//   dotnet run --project samples/csharp/storefront -- 1443 1444 999999
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using HttpClient service = new() { Timeout = TimeSpan.FromSeconds(30) };
service.BaseAddress = new Uri(Environment.GetEnvironmentVariable("CANCEL_URL") ?? "http://localhost:7071");
service.DefaultRequestHeaders.Add("x-functions-key", Environment.GetEnvironmentVariable("CANCEL_KEY") ?? "");

string[] orders = args is [] ? ["1443", "1444", "999999"] : args;

// The customer has half an hour to pay. Both requests may be repeated: a caller has one timeout on an order.
var armed = await SendAsync(HttpMethod.Put, $"/api/orders/{orders[0]}/timeout", new { after = "PT30M" });
Console.WriteLine($"{orders[0]}: timeout {armed["state"] ?? armed["type"]}");
var disarmed = await SendAsync(HttpMethod.Delete, $"/api/orders/{orders[0]}/timeout");
Console.WriteLine($"{orders[0]}: timeout {disarmed["type"] ?? "disarmed"}");

foreach (var order in orders)
{
    // One key for each decision to cancel. Store it with the order before the first request.
    var result = await SendAsync(HttpMethod.Post, "/api/orders/cancel", new { orderId = order }, $"cancel-{order}");
    var text = (string?)(result["outcome"] ?? result["type"]) switch
    {
        "cancelled" => "cancelled",
        "not_cancellable" => $"too late, its state is {result["orderStatus"]}: refund it instead",
        "not_found" => "unknown to Onramp: check the number",
        "rejected" => $"refused: {result["detail"]}",
        "failed" => "not known yet: try again later, with the same key",
        var problem => $"wrong request: {problem} {result["detail"]}",
    };
    Console.WriteLine($"{order}: {text}");
}

// Repeats a request that got 429, 5xx or no response. That is safe: with the same key it is done once.
async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
{
    for (var attempt = 1; ; attempt++)
    {
        var wait = TimeSpan.FromSeconds(5);
        try
        {
            using HttpRequestMessage request = new(method, path);
            request.Content = body is null ? null : JsonContent.Create(body);
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var response = await service.SendAsync(request);
            var json = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode is not 429 and < 500)
                return JsonNode.Parse(json is "" ? "{}" : json)!;
            wait = response.Headers.RetryAfter?.Delta ?? wait;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException) { }
        if (attempt == 5)
            return new JsonObject { ["outcome"] = "failed", ["type"] = "not known yet" };
        await Task.Delay(wait);
    }
}
