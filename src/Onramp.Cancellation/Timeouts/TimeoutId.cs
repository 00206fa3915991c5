using System.Globalization;
using System.Security.Cryptography;

namespace Onramp.Cancellation.Timeouts;

/// <summary>
/// The id of a timeout: the sequence number of its message, and a random token, so that ids cannot be guessed.
/// </summary>
/// <param name="SequenceNumber">The sequence number.</param>
/// <param name="Token">32 lower-case hexadecimal digits, which the message also carries.</param>
public readonly record struct TimeoutId(long SequenceNumber, string Token)
{
    private const int TokenBytes = 16;

    /// <summary>Parses the result of <see cref="ToString"/>; returns false for any other text.</summary>
    public static bool TryParse(string? text, out TimeoutId id)
    {
        id = default;
        if (
            text?.Split('.') is not [var number, { Length: 2 * TokenBytes } token]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequenceNumber)
        )
        {
            return false;
        }

        id = new TimeoutId(sequenceNumber, token);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SequenceNumber}.{Token}");

    internal static string NewToken() => RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true);
}
