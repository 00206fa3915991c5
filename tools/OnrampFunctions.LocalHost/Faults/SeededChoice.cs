namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// A draw between 0 and 1 that depends only on its arguments: FNV-1a, then the SplitMix64 finalizer to spread the bits.
/// </summary>
internal static class SeededChoice
{
    public static double Draw(int seed, string scope, string id, int occurrence)
    {
        var hash = 14695981039346656037UL;
        hash = Add(hash, (uint)seed);
        hash = Add(hash, scope);
        hash = Add(hash, id);
        hash = Add(hash, (uint)occurrence);
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        hash ^= hash >> 31;
        return (hash >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (char character in text)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        // A separator: "ab" + "c" is not "a" + "bc".
        return (hash ^ 0xFFFF) * 1099511628211UL;
    }

    private static ulong Add(ulong hash, uint number)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            hash = (hash ^ ((number >> shift) & 0xFF)) * 1099511628211UL;
        }

        return hash;
    }
}
