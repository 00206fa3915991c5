namespace Reliability;

/// <summary>
/// Finds secrets in texts, in whole or in part, ignoring case, white space and backslashes. It finds every piece of 23
/// characters, and shorter secrets as a whole. It reads the text once, however many secrets there are.
/// </summary>
public sealed class Secrets
{
    // Every 23 consecutive characters contain a block of 12, and no two texts share 12 characters by chance.
    private const int Block = 12;
    private const ulong Base = 1_099_511_628_211;

    private static readonly ulong Leaving = Power(Base, Block - 1);

    // Text that only a decoded payload contains. The order that it names is not a secret.
    private static readonly string[] Decoded = ["\"timestamp\":", "\"body\":{\"ord", "\"body\":{\"has"];

    private readonly Dictionary<ulong, SecretKind> _blocks = Decoded.ToDictionary(
        static part => Hash(part),
        static _ => SecretKind.Payload
    );

    /// <summary>The number of added secrets.</summary>
    public int Count { get; private set; }

    /// <exception cref="ArgumentException">The secret is too short to be distinguished from other texts.</exception>
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

    /// <summary>The kinds of secrets that a text contains.</summary>
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

    /// <summary>Removes the ignored characters.</summary>
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
