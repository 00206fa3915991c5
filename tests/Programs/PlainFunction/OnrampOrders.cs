using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PlainFunction;

/// <summary>Cancels an order at Onramp.</summary>
public sealed class OnrampOrders(HttpClient http, string apiKey, string apiSecret)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(apiSecret);

    /// <summary>Signs the request, sends it and returns the status of the order.</summary>
    /// <exception cref="HttpRequestException">Onramp answered with an error.</exception>
    public async Task<int> CancelAsync(Order order, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new { timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), body = order },
            JsonSerializerOptions.Web
        );
        var text = Convert.ToBase64String(payload);
        using HttpRequestMessage request = new(HttpMethod.Post, "/onramp-merchants/widget/cancelOrder")
        {
            Content = JsonContent.Create(order),
            Headers =
            {
                { "X-ONRAMP-APIKEY", apiKey },
                { "X-ONRAMP-PAYLOAD", text },
                {
                    "X-ONRAMP-SIGNATURE",
                    Convert.ToHexStringLower(HMACSHA512.HashData(_secret, Encoding.ASCII.GetBytes(text)))
                },
            },
        };
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken);
        return answer?.Data?.Status ?? throw new HttpRequestException("Onramp did not return the status of the order.");
    }

    private sealed record Answer(Cancelled? Data);

    private sealed record Cancelled(int Status);
}

/// <summary>The order of a request.</summary>
public sealed record Order(string OrderId);
