namespace Onramp.Cancellation;

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    private const int MaxLength = 64;

    /// <summary>A member name as a reference token; a very long name is cut.</summary>
    public static string Escape(string name)
    {
        var cut = name.Length <= MaxLength ? name : name[..MaxLength] + "…";
        return cut.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }
}
