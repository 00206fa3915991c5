using System.Globalization;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>
/// <c>timeouts list</c>: lists timeouts from the tables. It writes each page at once, so that it works with any number
/// of them.
/// </summary>
internal sealed class ListTimeoutsCommand(OperatorEnvironment environment)
    : TablesCommand<ListTimeoutsSettings>(environment)
{
    // The most that the service returns at once.
    private const int PageSize = 1000;

    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(5);

    protected override async Task<ExitCode> RunAsync(
        ListTimeoutsSettings settings,
        TablesConnection tables,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var states = StatesOf(settings);
        var (read, listed) = (0, 0);
        var lastNote = Environment.Clock.GetTimestamp();
        RowQuery query = new(RowTable.CancelTimeouts, PageSize);
        while (await tables.Rows.QueryAsync(query, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                read++;
                if (TimeoutRow.Read(row) is not { } timeout)
                {
                    screen.NoteUnreadableRow(row.Key);
                }
                else if (
                    states.Contains(timeout.State) && (settings.Caller is null || settings.Caller == timeout.Caller)
                )
                {
                    Write(screen, timeout, isFirst: listed++ == 0);
                }
            }

            if (Environment.Clock.GetElapsedTime(lastNote) > ProgressPause)
            {
                lastNote = Environment.Clock.GetTimestamp();
                screen.Note($"{read} timeouts read, {listed} listed");
            }

            query = query with { After = page[^1].Key };
            if (page.Count < PageSize)
            {
                break;
            }
        }

        if (read == 0)
        {
            await tables.CheckAsync(RowTable.CancelTimeouts, cancellationToken);
        }

        screen.Note(
            read == 0
                ? $"No timeouts in {tables.Host}."
                : $"{listed} listed, of {TerminalText.Count(read, "timeout")} in {tables.Host}."
        );
        return listed == 0 ? ExitCode.NothingMatched : ExitCode.Done;
    }

    private static HashSet<TimeoutState> StatesOf(ListTimeoutsSettings settings)
    {
        if (settings.States.Length == 0)
        {
            return [TimeoutState.Armed, TimeoutState.Firing];
        }

        var known = Enum.GetValues<TimeoutState>().ToDictionary(static state => state.Name());
        return
        [
            .. settings.States.Select(name =>
                known.TryGetValue(name, out var state)
                    ? state
                    : throw OperatorException.Usage(
                        $"--state {TerminalText.Of(name)} does not exist. Valid values: "
                            + $"{string.Join(", ", known.Keys)}."
                    )
            ),
        ];
    }

    private void Write(Screen screen, TimeoutRow timeout, bool isFirst)
    {
        if (screen.IsJson)
        {
            screen.Json(TimeoutReport.Of(timeout), OperatorJson.Default.TimeoutReport);
            return;
        }

        if (isFirst)
        {
            screen.Line(Line("state", "due at", "due in", "order", "caller", "reason"));
        }

        screen.Line(
            Line(
                timeout.State.Name(),
                timeout.DueAt.ToString("u", CultureInfo.InvariantCulture),
                timeout.State == TimeoutState.Armed ? DurationText.Of(timeout.DueAt - Now) : "-",
                TimeoutText.Order(timeout),
                TerminalText.Of(timeout.Caller ?? "-"),
                TerminalText.Of(timeout.Reason ?? "-")
            )
        );
    }

    // Columns of a fixed width, because the rows that follow are not known yet.
    private static string Line(string state, string dueAt, string dueIn, string order, string caller, string reason) =>
        $"{state, -8} {dueAt, -20} {dueIn, -10} {order, -19} {caller, -12} {reason}";
}
