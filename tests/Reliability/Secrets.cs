namespace Reliability;

/// <summary>
/// Finds secrets in texts, whole or in part, whatever case they are in and whatever white space or backslashes are in
/// between. Any piece of 23 characters is found, and of a shorter secret the whole. It takes the time of reading the
/// text once, however many secrets there are.
/// </summary>
public sealed class Secrets
{
    // Of every 23 characters in a row, 12 are a block of the secret; and no two texts share 12 by chance.
    private const int Block = 12;
    private const ulong Base = 1_099_511_628_211;

    private static readonly ulong Leaving = Power(Base, Block - 1);

    // What a payload has when it is decoded, and no other text of ours; the order that it names is no secret.
    private static readonly string[] Decoded = ["\"timestamp\":", "\"body\":{\"ord", "\"body\":{\"has"];

    private readonly Dictionary<ulong, SecretKind> _blocks = Decoded.ToDictionary(
        static part => Hash(part),
        static _ => SecretKind.Payload
    );

    /// <summary>How many have been added.</summary>
    public int Count { get; private set; }

    /// <exception cref="ArgumentException">It is too short to be told from other texts.</exception>
    public void Add(SecretKind kind, string secret)
    {
        var text = Compact(secret);
        if (text.Length < Block)
        {
            throw new ArgumentException(
                $"A {kind} of {text.Length} characters cannot be told from other texts.",
                nameof(secret)
            );
        }

        Count++;
        for (var start = 0; start + Block <= text.Length; start += Block)
        {
            _blocks[Hash(text.Slice(start, Block))] = kind;
        }

        _blocks[Hash(text[^Block..])] = kind;
    }

    /// <summary>Which kinds a text tells.</summary>
    public SecretKind Find(string text)
    {
        var compact = Compact(text);
        var found = SecretKind.None;
        ulong hash = 0;
        for (var index = 0; index < compact.Length; index++)
        {
            hash = index < Block ? hash : hash - (compact[index - Block] * Leaving);
            hash = (hash * Base) + compact[index];
            if (index >= Block - 1 && _blocks.TryGetValue(hash, out var kind))
            {
                found |= kind;
            }
        }

        return found;
    }

    /// <summary>Leaves out what does not count.</summary>
    private static ReadOnlySpan<char> Compact(string text)
    {
        var compact = new char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character) && !char.IsControl(character) && character != '\\')
            {
                compact[length++] = char.ToLowerInvariant(character);
            }
        }

        return compact.AsSpan(0, length);
    }

    private static ulong Hash(ReadOnlySpan<char> block)
    {
        ulong hash = 0;
        foreach (var character in block)
        {
            hash = (hash * Base) + character;
        }

        return hash;
    }

    private static ulong Power(ulong number, int exponent) => exponent == 0 ? 1 : number * Power(number, exponent - 1);
}
