namespace ServiceBusEmulator.Amqp;

/// <summary>
/// What a link's address names: an entity by its path, the entity's management, or the node for tokens.
/// </summary>
/// <param name="Path">The entity's path as the broker knows it, in the client's spelling; empty for the node for
/// tokens.</param>
/// <param name="Node">What of it.</param>
internal readonly record struct EntityAddress(string Path, NodeKind Node)
{
    private const string Cbs = "$cbs";
    private const string Management = "/$management";

    /// <summary>
    /// Reads an address as clients write it: with or without a slash in front, escaped or not, in any case, some of
    /// them as a URI.
    /// </summary>
    public static EntityAddress Parse(string? address)
    {
        var path =
            Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0
                ? uri.AbsolutePath
                : address ?? "";
        path = Uri.UnescapeDataString(path).Trim('/');
        return path.Equals(Cbs, StringComparison.OrdinalIgnoreCase) ? new EntityAddress("", NodeKind.Tokens)
            : path.EndsWith(Management, StringComparison.OrdinalIgnoreCase)
                ? new EntityAddress(path[..^Management.Length], NodeKind.Management)
            : new EntityAddress(path, NodeKind.Entity);
    }
}
