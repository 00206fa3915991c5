using System.Globalization;
using System.Security.Cryptography;

namespace Onramp.Cancellation.Timeouts;

/// <summary>
/// What a timeout is called: the queue's number of its message, and a token that cannot be guessed, so that ids cannot
/// be counted through.
/// </summary>
/// <param name="SequenceNumber">Where the message is.</param>
/// <param name="Token">32 lower-case hexadecimal digits, which the message carries too.</param>
public readonly record struct TimeoutId(long SequenceNumber, string Token)
{
    private const int TokenBytes = 16;

    /// <summary>Reads what <see cref="ToString"/> writes; false for anything else.</summary>
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
