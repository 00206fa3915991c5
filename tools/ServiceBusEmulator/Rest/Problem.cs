using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ServiceBusEmulator.Rest;

/// <summary>Error responses as problem details (RFC 9457).</summary>
internal static class Problem
{
    // People read them in a terminal: only what JSON requires is escaped.
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task WriteAsync(HttpContext context, int statusCode, string detail)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/problem+json";
        await using (Utf8JsonWriter json = new(context.Response.BodyWriter, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteNumber("status", statusCode);
            json.WriteString("detail", detail);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
