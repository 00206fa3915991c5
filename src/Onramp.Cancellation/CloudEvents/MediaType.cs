namespace Onramp.Cancellation.CloudEvents;

/// <summary>Media types (RFC 9110, section 8.3.1): case, parameters and surrounding white space are ignored.</summary>
public static class MediaType
{
    /// <summary>Whether a content type, with or without parameters, has a media type.</summary>
    public static bool IsOfType(string? contentType, string type) =>
        Essence(contentType).Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The same content type with its type in lower case and without the white space that the CloudEvents SDK rejects.
    /// </summary>
    internal static string Canonical(string contentType)
    {
        var type = Essence(contentType);
        var parameters = contentType.AsSpan().TrimStart(" \t")[type.Length..];
        return string.Concat(type.ToString().ToLowerInvariant(), parameters.ToString().Replace('\t', ' ').TrimEnd());
    }

    private static ReadOnlySpan<char> Essence(ReadOnlySpan<char> contentType)
    {
        var end = contentType.IndexOf(';');
        return (end < 0 ? contentType : contentType[..end]).Trim(" \t");
    }
}
