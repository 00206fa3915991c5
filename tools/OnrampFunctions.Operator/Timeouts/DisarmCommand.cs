using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>
/// <c>timeouts disarm</c>: disarms the timeouts of one order. It removes their alarms from the queue if the namespace
/// is specified; the alarm of a disarmed timeout does nothing.
/// </summary>
internal sealed class DisarmCommand(OperatorEnvironment environment) : TablesCommand<DisarmSettings>(environment)
{
    protected override Role Role => Role.TableContributor;

    protected override async Task<ExitCode> RunAsync(
        DisarmSettings settings,
        TablesConnection tables,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        await using var connection = Connection.TryOpen(settings, Environment);
        var (order, timeouts) = await TimeoutsOfOrder.FindAsync(settings, tables, screen, cancellationToken);
        if (timeouts.Count == 0)
        {
            Report(screen, [], settings.DryRun);
            screen.Note(TimeoutsOfOrder.None(order, settings.Caller));
            return ExitCode.NothingMatched;
        }

        var question = Question(order, timeouts, tables);
        if (settings.DryRun)
        {
            Report(screen, timeouts.Select(static timeout => Result(timeout, timeout.State.Name())), isDryRun: true);
            screen.Note($"{question} Dry run: nothing was done.");
            return ExitCode.Done;
        }

        screen.Confirm(question, settings.Yes);

        // Those that are not armed get their answer from the same rule.
        var queue = connection is null ? null : ServiceBusServices.OpenQueue(connection.Client, connection.Queue);
        var all = RecordAccess.OpenTimeouts(tables.Rows, queue, Environment.Clock);
        List<(TimeoutRow Timeout, DisarmResult Result)> results = [];
        foreach (var timeout in timeouts)
        {
            var result = await all.DisarmAsync(order, timeout.Caller, changeId: null, cancellationToken);
            if (result == DisarmResult.Unavailable)
            {
                throw tables.Rows.LastError
                    ?? new OperatorException(
                        "The tables did not confirm it: the timeout may be disarmed. Run the command again."
                    );
            }

            results.Add((timeout, result));
        }

        Report(screen, results.Select(static pair => Result(pair.Timeout, Name(pair.Result))), isDryRun: false);
        foreach (var (timeout, result) in results)
        {
            screen.Note(Sentence(order, timeout, result));
        }

        return results.TrueForAll(static pair => pair.Result == DisarmResult.Disarmed)
            ? ExitCode.Done
            : ExitCode.Failed;
    }

    private static string Question(OrderReference order, IReadOnlyList<TimeoutRow> timeouts, TablesConnection tables)
    {
        var each = string.Join(
            ", ",
            timeouts.Select(static timeout => $"{TimeoutText.Caller(timeout)}: {timeout.State.Name()}")
        );
        var count = TerminalText.Count(timeouts.Count, "timeout");
        return $"Disarm {count} of {order} in {tables.Host} ({each})? An armed one will not cancel the order.";
    }

    private static string Sentence(OrderReference order, TimeoutRow timeout, DisarmResult result)
    {
        var subject = $"The timeout of {order} that {TimeoutText.Caller(timeout)} armed";
        return result switch
        {
            DisarmResult.Disarmed when timeout.State == TimeoutState.Disarmed => $"{subject} was already disarmed.",
            DisarmResult.Disarmed => $"{subject} is disarmed.",
            DisarmResult.Fired when timeout.State == TimeoutState.Fired =>
                $"{subject} has fired: {TerminalText.Of(timeout.Outcome)}. It cannot be disarmed.",
            DisarmResult.Fired => $"{subject} is firing: its order is being cancelled. It cannot be disarmed.",
            DisarmResult.NotFound => $"{subject} no longer exists.",
            DisarmResult.Unavailable => $"{subject} may or may not be disarmed.",
        };
    }

    private static string Name(DisarmResult result) =>
        result switch
        {
            DisarmResult.Disarmed => "disarmed",
            DisarmResult.Fired => "fired",
            DisarmResult.NotFound => "notFound",
            DisarmResult.Unavailable => "unknown",
        };

    private static DisarmItem Result(TimeoutRow timeout, string result) => new(timeout.OrderId, timeout.Caller, result);

    private static void Report(Screen screen, IEnumerable<DisarmItem> items, bool isDryRun)
    {
        if (screen.IsJson)
        {
            screen.Json(new DisarmReport([.. items], isDryRun), OperatorJson.Default.DisarmReport);
        }
    }
}
