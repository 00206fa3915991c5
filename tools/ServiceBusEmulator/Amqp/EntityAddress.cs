namespace ServiceBusEmulator.Amqp;

/// <summary>What the address of a link names: an entity, its management node, or the node for tokens.</summary>
/// <param name="Path">The path of the entity, in the client's spelling; empty for the node for tokens.</param>
/// <param name="Node">The kind of node.</param>
internal readonly record struct EntityAddress(string Path, NodeKind Node)
{
    private const string Cbs = "$cbs";
    private const string Management = "/$management";

    /// <summary>
    /// Parses an address as clients write it: with or without a leading slash, escaped or not, in any case, or as a
    /// URI.
    /// </summary>
    public static EntityAddress Parse(string? address)
    {
        var path =
            Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0
                ? uri.AbsolutePath
                : address ?? "";
        path = Uri.UnescapeDataString(path).Trim('/');
        if (path.Equals(Cbs, StringComparison.OrdinalIgnoreCase))
        {
            return new EntityAddress("", NodeKind.Tokens);
        }

        return path.EndsWith(Management, StringComparison.OrdinalIgnoreCase)
            ? new EntityAddress(path[..^Management.Length], NodeKind.Management)
            : new EntityAddress(path, NodeKind.Entity);
    }
}
