namespace OnrampFunctions.LocalHost.Tables;

/// <summary>A refusal with a status, a code and a message of the real service.</summary>
internal sealed class TableError(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static TableError Invalid(string message) => new(400, "InvalidInput", message);

    public static TableError Unsupported(string what) =>
        new(501, "NotImplemented", $"The local host does not support {what}.");

    public static TableError NoTable() => new(404, "TableNotFound", "The table specified does not exist.");

    public static TableError NoRow() => new(404, "ResourceNotFound", "The specified resource does not exist.");
}
