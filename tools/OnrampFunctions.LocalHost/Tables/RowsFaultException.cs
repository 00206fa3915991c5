namespace OnrampFunctions.LocalHost.Tables;

/// <summary>A fault of the tables, injected on purpose.</summary>
internal sealed class RowsFaultException(string message, bool wasDone) : Exception(message)
{
    /// <summary>Whether the operation took effect although it failed.</summary>
    public bool WasDone => wasDone;
}
