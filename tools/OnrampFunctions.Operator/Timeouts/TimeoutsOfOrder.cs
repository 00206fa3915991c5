using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>Finds the timeouts of one order: one for each caller.</summary>
internal static class TimeoutsOfOrder
{
    // Far more callers than a service has.
    private const int MaxCallers = 1000;

    /// <exception cref="OperatorException">No order is specified, or the tables did not answer.</exception>
    public static async Task<(OrderReference Order, IReadOnlyList<TimeoutRow> Timeouts)> FindAsync(
        OrderTimeoutSettings settings,
        TablesConnection tables,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var order = OrderOption.Read(settings.Order ?? throw OperatorException.Usage("Specify the order: --order."));
        var stored = await tables.Rows.QueryAsync(
            new RowQuery(RowTable.CancelTimeouts, MaxCallers)
            {
                Partition = TimeoutRow.Key(order, settings.Caller).Partition,
            },
            cancellationToken
        );
        List<TimeoutRow> timeouts = [];
        foreach (var row in stored)
        {
            if (TimeoutRow.Read(row) is not { } timeout)
            {
                screen.NoteUnreadableRow(row.Key);
            }
            else if (settings.Caller is null || settings.Caller == timeout.Caller)
            {
                timeouts.Add(timeout);
            }
        }

        if (stored.Count == 0)
        {
            await tables.CheckAsync(RowTable.CancelTimeouts, cancellationToken);
        }

        return (order, timeouts);
    }

    /// <summary>The note if there is none.</summary>
    public static string None(OrderReference order, string? caller) =>
        caller is null
            ? $"No caller ever armed a timeout of {order}, or it is no longer kept."
            : $"{TerminalText.Of(caller)} never armed a timeout of {order}, or it is no longer kept.";
}
