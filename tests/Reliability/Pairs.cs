using System.Security.Cryptography;
using System.Text;

namespace Reliability;

/// <summary>
/// Keys and secrets of a run: like nothing else that is ever said, and too short to be withheld only because they look
/// like a secret.
/// </summary>
public static class Pairs
{
    private const int Length = 20;

    /// <param name="seed">Of the run.</param>
    /// <param name="number">0 is the pair from the start, then one more for each rotation.</param>
    public static ProviderCredentials Of(int seed, int number) =>
        new(Text("key", seed, number), Text("secret", seed, number));

    private static string Text(string what, int seed, int number) =>
        $"{what}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}:{seed}:{number}")))[..Length]}";
}
