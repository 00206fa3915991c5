using System.Buffers;
using System.Text;
using System.Text.Json;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>An answer of the simulated provider, in the format of the real one.</summary>
internal sealed record ProviderAnswer(
    int StatusCode,
    ReadOnlyMemory<byte> Body,
    string? ContentType = ProviderAnswer.JsonType,
    int? RetryAfterSeconds = null,
    string? ContentEncoding = null
)
{
    private const string JsonType = "application/json; charset=utf-8";

    public static ProviderAnswer Cancelled(SimulatedOrder order) =>
        Json(
            200,
            json =>
            {
                json.WriteNumber("status", 1);
                json.WriteStartObject("data");
                json.WriteString("orderId", order.OrderId);
                json.WriteNumber("status", OrderStates.Cancelled);
                json.WriteEndObject();
                json.WriteNumber("code", 200);
            }
        );

    public static ProviderAnswer Read(SimulatedOrder order) =>
        Json(
            200,
            json =>
            {
                var status = order.Status;
                json.WriteNumber("status", 1);
                json.WriteNumber("code", 200);
                json.WriteStartObject("data");
                json.WritePropertyName("orderId");
                json.WriteRawValue(order.OrderId);
                json.WriteNumber("coinId", 54);
                json.WriteNumber("chainId", 3);
                json.WriteNumber("coinAmount", 25.5);
                json.WriteNumber("status", status);
                json.WriteNumber("startTime", order.CreatedAt.ToUnixTimeSeconds());
                json.WriteNumber("endTime", order.EndTime.ToUnixTimeSeconds());
                json.WriteString(
                    "depositHash",
                    status is OrderStates.Paid or OrderStates.Completed ? $"0x{order.OrderId:0>16}" : ""
                );
                json.WriteEndObject();
            }
        );

    public static ProviderAnswer Clock(DateTimeOffset now) =>
        Json(
            200,
            json =>
            {
                json.WriteNumber("status", 1);
                json.WriteNumber("code", 200);
                json.WriteNumber("data", now.ToUnixTimeMilliseconds());
            }
        );

    public static ProviderAnswer Error(int statusCode, string error, int? retryAfterSeconds = null) =>
        Json(
            statusCode,
            json =>
            {
                json.WriteNumber("status", 0);
                json.WriteNumber("code", statusCode);
                json.WriteString("error", error);
            }
        ) with
        {
            RetryAfterSeconds = retryAfterSeconds,
        };

    /// <summary>An error in any format.</summary>
    /// <param name="statusCode">The HTTP status code.</param>
    /// <param name="code">The code in the body; null for none.</param>
    /// <param name="error">Any JSON.</param>
    public static ProviderAnswer RawError(int statusCode, int? code, string error) =>
        Json(
            statusCode,
            json =>
            {
                json.WriteNumber("status", 0);
                if (code is { } number)
                {
                    json.WriteNumber("code", number);
                }

                json.WritePropertyName("error");
                json.WriteRawValue(error);
            }
        );

    /// <summary>HTTP 200 without an effect: the real provider does this too.</summary>
    public static ProviderAnswer StatusZero(string error) =>
        Json(
            200,
            json =>
            {
                json.WriteNumber("status", 0);
                json.WriteString("error", error);
            }
        );

    public static ProviderAnswer DataString(string data) =>
        Json(
            200,
            json =>
            {
                json.WriteNumber("status", 1);
                json.WriteString("data", data);
                json.WriteNumber("code", 200);
            }
        );

    public static ProviderAnswer Html(int statusCode, string title) =>
        new(
            statusCode,
            Encoding.UTF8.GetBytes(
                $"<html>\r\n<head><title>{statusCode} {title}</title></head>\r\n"
                    + $"<body><center><h1>{statusCode} {title}</h1></center></body>\r\n</html>\r\n"
            ),
            "text/html"
        );

    private static ProviderAnswer Json(int statusCode, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new ProviderAnswer(statusCode, buffer.WrittenMemory);
    }
}
