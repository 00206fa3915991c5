namespace OnrampFunctions.LocalHost.Tables;

/// <summary>
/// The limits of the real service
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model">its data
/// model</see>), so that a row that Azure would refuse is refused here too.
/// </summary>
internal static class RowLimits
{
    private const int MaxKeyLength = 512;
    private const int MaxValueLength = 32 * 1024;
    private const int MaxRowLength = 512 * 1024;
    private const int MaxValues = 252;

    /// <exception cref="TableError">The row exceeds a limit.</exception>
    public static void Check(RowKey key, IReadOnlyDictionary<string, string> values)
    {
        CheckKey(key.Partition);
        CheckKey(key.Row);
        if (values.Count > MaxValues)
        {
            throw new TableError(400, "TooManyProperties", $"The row has more than {MaxValues} values.");
        }

        foreach (var (name, value) in values)
        {
            if (!IsName(name))
            {
                throw new TableError(400, "PropertyNameInvalid", "The name of a value is not valid.");
            }

            if (value.Length > MaxValueLength)
            {
                throw new TableError(400, "PropertyValueTooLarge", $"{name} is longer than 64 KiB.");
            }
        }

        if (values.Sum(static value => value.Key.Length + value.Value.Length) > MaxRowLength)
        {
            throw new TableError(400, "EntityTooLarge", "The row is larger than 1 MiB.");
        }
    }

    private static void CheckKey(string key)
    {
        if (key.Length > MaxKeyLength)
        {
            throw new TableError(400, "KeyValueTooLarge", "A key is longer than 1 KiB.");
        }

        if (key.Any(static character => character is '/' or '\\' or '#' or '?' || char.IsControl(character)))
        {
            throw new TableError(400, "OutOfRangeInput", "A key contains a character that is not allowed.");
        }
    }

    private static bool IsName(string name) =>
        name is not ("PartitionKey" or "RowKey" or "Timestamp")
        && name.Length is > 0 and < 256
        && (char.IsLetter(name[0]) || name[0] == '_')
        && name.All(static character => char.IsLetterOrDigit(character) || character == '_');
}
