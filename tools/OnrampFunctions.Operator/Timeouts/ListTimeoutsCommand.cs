using System.Globalization;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary><c>timeouts list</c>: lists the armed timeouts.</summary>
internal sealed class ListTimeoutsCommand(OperatorEnvironment environment)
    : OperatorCommand<TimeoutSettings>(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override async Task<ExitCode> RunAsync(
        TimeoutSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        await using var receiver = connection.Client.CreateReceiver(connection.Queue);
        var timeouts = await WaitingTimeout.FindAsync(receiver, settings, screen, cancellationToken);
        if (screen.IsJson)
        {
            screen.Json(
                new TimeoutList(
                    connection.Queue,
                    timeouts.Count,
                    [.. timeouts.Select(static timeout => timeout.ToItem())]
                ),
                OperatorJson.Default.TimeoutList
            );
        }
        else if (timeouts.Count == 0)
        {
            screen.Note(
                settings.Order is null && settings.Caller is null
                    ? $"There are no timeouts on {connection.Queue}."
                    : $"No matching timeouts on {connection.Queue}."
            );
        }
        else
        {
            Write(screen, timeouts);
        }

        return timeouts.Count == 0 ? ExitCode.NothingMatched : ExitCode.Done;
    }

    private void Write(Screen screen, List<WaitingTimeout> timeouts)
    {
        var table = screen.NewTable("number", "due in", "due at", "order", "caller", "request id");
        foreach (var timeout in timeouts)
        {
            table.AddRow(
                Cell(timeout.Number.ToString(CultureInfo.InvariantCulture)),
                Cell(DurationText.Of(timeout.DueAt - Now)),
                Cell(timeout.DueAt.ToString("u", CultureInfo.InvariantCulture)),
                Cell(timeout.Order?.Value),
                Cell(timeout.Caller),
                Cell(timeout.RequestId)
            );
        }

        screen.Write(table);
    }

    private static Text Cell(string? text) => new(TerminalText.Of(text ?? "-"));
}
