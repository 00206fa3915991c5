using System.Text.Json;

namespace OnrampFunctions.LocalHost.Tables;

/// <summary>The body of a request to the table service.</summary>
internal sealed class TableBody
{
    private readonly Dictionary<string, string> _keys = [];

    /// <summary>The values of the row, without its keys.</summary>
    public Dictionary<string, string> Values { get; } = [];

    /// <exception cref="TableError">The body is invalid.</exception>
    public static async Task<TableBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            return Read(json.RootElement);
        }
        catch (JsonException exception)
        {
            throw TableError.Invalid(JsonFault.Of(exception));
        }
        catch (InvalidOperationException)
        {
            throw TableError.Invalid(JsonFault.NoUnicode);
        }
    }

    /// <summary>A key of the row, or the name of a table.</summary>
    /// <exception cref="TableError">It is missing or not a string.</exception>
    public string Key(string name) =>
        _keys.GetValueOrDefault(name)
        ?? throw new TableError(400, "PropertiesNeedValue", $"{name} is missing or not a string.");

    private static TableBody Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw TableError.Invalid("The body must be a JSON object.");
        }

        TableBody body = new();
        foreach (var property in json.EnumerateObject())
        {
            body.Add(property.Name, property.Value);
        }

        return body;
    }

    private void Add(string name, JsonElement value)
    {
        if (name is "PartitionKey" or "RowKey" or "TableName")
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                _keys[name] = value.GetString()!;
            }
        }
        else if (name != "Timestamp" && !name.Contains("odata.", StringComparison.Ordinal) && TextOf(value) is { } text)
        {
            // Names recur in every row: each is kept once.
            Values[string.IsInterned(name) ?? name] = text;
        }
    }

    /// <summary>The types of values other than text are not kept; null is not stored, as in Azure.</summary>
    private static string? TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw TableError.Invalid("A value must be a string, a number or a boolean."),
        };
}
