using System.Text.Json;

namespace Onramp.Cancellation;

/// <summary>The answer of Onramp's public clock: <c>{"status":1,"code":200,"data":1692864725606}</c>.</summary>
internal static class ServerTime
{
    /// <summary>Reads the milliseconds since the Unix epoch; false when the answer holds none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out long milliseconds)
    {
        milliseconds = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("data"u8))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out milliseconds) && milliseconds > 0;
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON: no time in it.
        }

        return false;
    }
}
