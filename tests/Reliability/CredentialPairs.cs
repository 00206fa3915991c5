using System.Security.Cryptography;
using System.Text;

namespace Reliability;

/// <summary>
/// The keys and secrets of a run. They differ from all other texts, and are too short to be withheld only because they
/// look like secrets.
/// </summary>
public static class CredentialPairs
{
    private const int Length = 20;

    /// <param name="seed">The seed of the run.</param>
    /// <param name="number">0 is the initial pair, and each rotation adds 1.</param>
    public static ProviderCredentials Of(int seed, int number) =>
        new(Text("key", seed, number), Text("secret", seed, number));

    private static string Text(string what, int seed, int number) =>
        $"{what}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}:{seed}:{number}")))[..Length]}";
}
