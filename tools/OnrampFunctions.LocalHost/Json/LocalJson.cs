using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OnrampFunctions.LocalHost.Json;

/// <summary>Reads and writes the JSON of the simulator's endpoints.</summary>
/// <param name="options">With the type information of every document.</param>
internal sealed class LocalJson(JsonSerializerOptions options)
{
    // People read errors in a terminal: only what JSON requires is escaped.
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Reads a body; if it cannot be read, answers 400 with the reason and returns null.</summary>
    public async Task<T?> ReadAsync<T>(HttpContext context)
        where T : class
    {
        var problem = "The body must be a JSON object.";
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
            {
                var type = TypeInfo<T>();
                try
                {
                    return body.RootElement.Deserialize(type);
                }
                catch (JsonException exception)
                {
                    problem = JsonWords.Of(exception, body.RootElement, type);
                }
            }
        }
        catch (JsonException exception)
        {
            problem = JsonFault.Of(exception);
        }
        catch (InvalidOperationException)
        {
            problem = JsonFault.NoUnicode;
        }

        await WriteErrorAsync(context, 400, problem);
        return null;
    }

    public Task WriteAsync<T>(HttpContext context, int statusCode, T value)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, value, TypeInfo<T>(), context.RequestAborted);
    }

    /// <summary>The same for a file that people edit.</summary>
    public async Task WriteIndentedAsync<T>(HttpContext context, T value)
    {
        context.Response.ContentType = "application/json";
        await using (Utf8JsonWriter json = new(context.Response.BodyWriter, Indented))
        {
            JsonSerializer.Serialize(json, value, TypeInfo<T>());
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    public byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <summary>Writes an error as problem details (RFC 9457).</summary>
    public static async Task WriteErrorAsync(HttpContext context, int statusCode, string detail)
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

    private JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
