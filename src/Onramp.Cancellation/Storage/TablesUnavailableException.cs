namespace Onramp.Cancellation.Storage;

/// <summary>
/// An operation on a table failed or took too long: a write may have taken effect, or may still do so.
/// </summary>
public sealed class TablesUnavailableException : Exception
{
    internal TablesUnavailableException(RowTable table, Exception inner)
        : base($"The table {table} did not answer.", inner) { }
}
