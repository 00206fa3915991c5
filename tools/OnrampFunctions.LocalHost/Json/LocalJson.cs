using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OnrampFunctions.LocalHost.Json;

/// <summary>JSON in and out of the simulator's own endpoints.</summary>
internal static class LocalJson
{
    // People read them in a terminal: nothing is escaped that JSON does not ask to be.
    private static readonly JsonTypeInfo<ErrorView> Error = new ErrorJson(
        new JsonSerializerOptions(ErrorJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = null,
        }
    ).ErrorView;

    /// <summary>Reads a body; answers 400 with what is wrong and returns null when that cannot be done.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var problem = "The body must be a JSON object.";
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
            {
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

    public static Task WriteAsync<T>(HttpContext context, int statusCode, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, value, type, context.RequestAborted);
    }

    public static Task WriteErrorAsync(HttpContext context, int statusCode, string detail)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/problem+json";
        ErrorView error = new("about:blank", statusCode, detail);
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, error, Error, context.RequestAborted);
    }
}
