using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary><c>timeouts show</c>: shows the timeouts of one order completely.</summary>
internal sealed class ShowTimeoutCommand(OperatorEnvironment environment)
    : TablesCommand<OrderTimeoutSettings>(environment)
{
    protected override async Task<ExitCode> RunAsync(
        OrderTimeoutSettings settings,
        TablesConnection tables,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var (order, timeouts) = await TimeoutsOfOrder.FindAsync(settings, tables, screen, cancellationToken);
        if (screen.IsJson)
        {
            screen.Json(
                new TimeoutList(timeouts.Count, [.. timeouts.Select(TimeoutReport.Of)]),
                OperatorJson.Default.TimeoutList
            );
        }
        else if (timeouts.Count == 0)
        {
            screen.Note(TimeoutsOfOrder.None(order, settings.Caller));
        }
        else
        {
            Write(screen, timeouts);
        }

        return timeouts.Count == 0 ? ExitCode.NothingMatched : ExitCode.Done;
    }

    private void Write(Screen screen, IReadOnlyList<TimeoutRow> timeouts)
    {
        foreach (var timeout in timeouts)
        {
            if (timeout != timeouts[0])
            {
                screen.Line("");
            }

            Field("order", TimeoutText.Order(timeout));
            Field("caller", timeout.Caller);
            Field("state", timeout.State.Name());
            Field("due at", $"{timeout.DueAt:u} ({Distance(timeout.DueAt)})");
            Field("follows order", timeout.FollowsOrder ? "yes" : "no");
            Field("reason", timeout.Reason);
            Field("armed at", $"{timeout.ArmedAt:u} ({Distance(timeout.ArmedAt)})");
            Field("changed at", $"{timeout.ChangedAt:u} ({Distance(timeout.ChangedAt)})");
            Field("outcome", timeout.Outcome);
            Field("request id", timeout.Version);
        }

        void Field(string name, string? value) => screen.Line($"{name, -13} {TerminalText.Of(value ?? "-")}");
    }

    private string Distance(DateTimeOffset instant) =>
        instant > Now ? $"in {DurationText.Of(instant - Now)}" : $"{DurationText.Of(Now - instant)} ago";
}
