using Onramp.Cancellation.Orders;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Reads an order on the command line: its id, or <c>hash:</c> and its hash, as in the paths of the
/// API.</summary>
internal static class OrderOption
{
    private const string HashPrefix = "hash:";

    /// <exception cref="OperatorException">The text is neither.</exception>
    public static OrderReference Read(string text)
    {
        if (text.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            return ReadHash(text[HashPrefix.Length..]);
        }

        return OrderReference.IsOrderId(text)
            ? OrderReference.FromOrderId(text)
            : throw OperatorException.Usage(
                $"An order id must be 1 to {OrderReference.MaxOrderIdLength} digits without a leading zero. "
                    + $"A hash begins with {HashPrefix}."
            );
    }

    /// <exception cref="OperatorException">The text is not a hash.</exception>
    public static OrderReference ReadHash(string hash) =>
        OrderReference.IsHash(hash)
            ? OrderReference.FromHash(hash)
            : throw OperatorException.Usage(
                $"A hash must be 1 to {OrderReference.MaxHashLength} printable ASCII characters without spaces."
            );
}
