using Onramp.Cancellation.Orders;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>The columns of a file of orders, from its first line.</summary>
internal sealed class OrderColumns
{
    private const string Known =
        "The columns are orderId or hash (or both, one of them for each line), and if needed "
        + "reason and onlyIfUnpaid";

    private readonly int _count;
    private readonly int _orderId = -1;
    private readonly int _hash = -1;
    private readonly int _reason = -1;
    private readonly int _onlyIfUnpaid = -1;

    /// <exception cref="OperatorException">The names are not those of the columns.</exception>
    public OrderColumns(string file, string[] names)
    {
        _count = names.Length;
        for (var index = 0; index < names.Length; index++)
        {
            ref var column = ref _orderId;
            switch (Normalize(names[index]))
            {
                case "orderid" or "order":
                    break;

                case "hash":
                    column = ref _hash;
                    break;

                case "reason":
                    column = ref _reason;
                    break;

                case "onlyifunpaid":
                    column = ref _onlyIfUnpaid;
                    break;

                default:
                    throw OperatorException.Usage(
                        $"{file}: '{TerminalText.Of(names[index])}' in the first line is not the name of a column. "
                            + $"{Known}."
                    );
            }

            if (column >= 0)
            {
                throw OperatorException.Usage(
                    $"{file}: the column '{TerminalText.Of(names[index])}' is there more than once."
                );
            }

            column = index;
        }

        if (_orderId < 0 && _hash < 0)
        {
            throw OperatorException.Usage($"{file}: the first line names no order. {Known}.");
        }
    }

    /// <summary>Reads a line.</summary>
    public OrderLine Read(int number, string[] fields)
    {
        if (fields.Length != _count)
        {
            return Invalid($"{fields.Length} fields instead of {_count}; quote a field that contains the separator");
        }

        if (Array.Exists(fields, static field => field.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            return Invalid("characters that are not UTF-8; save the file as CSV UTF-8");
        }

        var (orderId, hash, condition) = (Field(_orderId), Field(_hash), Field(_onlyIfUnpaid));
        if (orderId.Length > 0 == hash.Length > 0)
        {
            return Invalid(hash.Length > 0 ? "both an order id and a hash" : "no order");
        }

        if (orderId.Length > 0 && !OrderReference.IsOrderId(orderId))
        {
            return Invalid(
                $"'{TerminalText.Of(orderId)}' is not an order id: 1 to {OrderReference.MaxOrderIdLength} digits "
                    + "without a leading zero"
                    + (orderId.Contains('E', StringComparison.OrdinalIgnoreCase) ? "; format the column as text" : "")
            );
        }

        if (hash.Length > 0 && !OrderReference.IsHash(hash))
        {
            return Invalid(
                $"the hash is not 1 to {OrderReference.MaxHashLength} printable ASCII characters without spaces"
            );
        }

        if (condition.Length > 0 && !bool.TryParse(condition, out _))
        {
            return Invalid($"onlyIfUnpaid is '{TerminalText.Of(condition)}' instead of true or false");
        }

        return new OrderLine
        {
            Number = number,
            Order = orderId.Length > 0 ? OrderReference.FromOrderId(orderId) : OrderReference.FromHash(hash),
            Reason = Field(_reason) is { Length: > 0 } reason ? reason : null,
            OnlyIfUnpaid = bool.TryParse(condition, out var isUnpaid) && isUnpaid,
        };

        string Field(int column) => column < 0 ? "" : fields[column];

        OrderLine Invalid(string fault) => new() { Number = number, Fault = fault };
    }

    /// <summary>As spreadsheets and people write names: <c>Order ID</c>, <c>only_if_unpaid</c>.</summary>
    private static string Normalize(string name) =>
        string.Concat(name.Where(static c => c is not (' ' or '_' or '-'))).ToLowerInvariant();
}
