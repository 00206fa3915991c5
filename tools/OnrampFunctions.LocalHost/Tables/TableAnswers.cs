using System.Text.Json;

namespace OnrampFunctions.LocalHost.Tables;

/// <summary>Writes answers of the table service's protocol.</summary>
internal static class TableAnswers
{
    private const string Json = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8";

    public static Task WriteRowAsync(HttpContext context, StoredRow row)
    {
        context.Response.Headers.ETag = row.ETag;
        return WriteAsync(context, 200, json => Write(json, row));
    }

    public static Task WriteRowsAsync(HttpContext context, IReadOnlyList<StoredRow> rows) =>
        WriteAsync(
            context,
            200,
            json =>
            {
                json.WriteStartArray("value");
                foreach (var row in rows)
                {
                    json.WriteStartObject();
                    Write(json, row);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );

    public static Task WriteErrorAsync(HttpContext context, TableError error)
    {
        context.Response.Headers["x-ms-error-code"] = error.Code;
        return WriteAsync(
            context,
            error.Status,
            json =>
            {
                json.WriteStartObject("odata.error");
                json.WriteString("code", error.Code);
                json.WriteStartObject("message");
                json.WriteString("lang", "en-US");
                json.WriteString("value", error.Message);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private static void Write(Utf8JsonWriter json, StoredRow row)
    {
        json.WriteString("odata.etag", row.ETag);
        json.WriteString("PartitionKey", row.Key.Partition);
        json.WriteString("RowKey", row.Key.Row);
        foreach (var (name, value) in row.Values)
        {
            json.WriteString(name, value);
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        await using (Utf8JsonWriter json = new(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
