using System.Globalization;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary><c>timeouts disarm</c>: disarms timeouts of any caller.</summary>
internal sealed class DisarmCommand(OperatorEnvironment environment) : OperatorCommand<DisarmSettings>(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver, Role.Sender];

    protected override async Task<ExitCode> RunAsync(
        DisarmSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        if (settings.Timeouts.Length == 0 && settings.Order is null && settings.Caller is null)
        {
            throw OperatorException.Usage("Specify the timeouts by number or id, --order or --caller.");
        }

        var wanted = settings.Timeouts.Select(Read).ToDictionary(static id => id.SequenceNumber);
        await using var receiver = connection.Client.CreateReceiver(connection.Queue);
        var timeouts = await WaitingTimeout.FindAsync(receiver, settings, screen, cancellationToken);
        timeouts.RemoveAll(timeout =>
            wanted.Count > 0
            && !(wanted.TryGetValue(timeout.Number, out var id) && (id.Token.Length == 0 || id.Token == timeout.Token))
        );
        if (timeouts.Count == 0)
        {
            Report(screen, new DisarmReport(0, 0, 0, settings.DryRun));
            screen.Note($"No matching timeouts on {connection.Queue}: they are unknown, have fired or were disarmed.");
            return ExitCode.NothingMatched;
        }

        var count = timeouts.Count == 1 ? "1 timeout" : $"{timeouts.Count} timeouts";
        var question = $"Disarm {count} on {connection.Queue} in {connection.Host}? They will cancel nothing.";
        if (settings.DryRun)
        {
            Report(screen, new DisarmReport(timeouts.Count, 0, 0, DryRun: true));
            screen.Note($"{question} Dry run: nothing was done.");
            return ExitCode.Done;
        }

        screen.Confirm(question, settings.Yes);
        return await DisarmAsync(timeouts, connection, screen, cancellationToken);
    }

    private static async Task<ExitCode> DisarmAsync(
        List<WaitingTimeout> timeouts,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var queue = ServiceBusServices.OpenQueue(connection.Client, connection.Queue);
        var disarmed = 0;
        await screen.ProgressAsync(
            "Disarm",
            timeouts.Count,
            async steps =>
            {
                foreach (var timeout in timeouts)
                {
                    disarmed += await queue.CancelScheduledAsync(timeout.Number, Is, cancellationToken) ? 1 : 0;
                    steps.Advance(1);

                    bool Is(IReadOnlyDictionary<string, object> properties) =>
                        MessageProperties.IsTimeout(properties)
                        && properties.GetValueOrDefault(MessageProperties.Token) as string == timeout.Token;
                }
            }
        );
        Report(screen, new DisarmReport(timeouts.Count, disarmed, timeouts.Count - disarmed, DryRun: false));
        screen.Note(
            disarmed == timeouts.Count
                ? $"Disarm: {disarmed} done."
                : $"Disarm: {disarmed} done, {timeouts.Count - disarmed} had already fired or been disarmed."
        );
        return disarmed == timeouts.Count ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Reads a sequence number or a timeout id.</summary>
    private static TimeoutId Read(string text)
    {
        if (TimeoutId.TryParse(text, out var id))
        {
            return id;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new TimeoutId(number, "")
            : throw OperatorException.Usage(
                $"'{TerminalText.Of(text)}' is neither a number from timeouts list nor a timeout id."
            );
    }

    private static void Report(Screen screen, DisarmReport report)
    {
        if (screen.IsJson)
        {
            screen.Json(report, OperatorJson.Default.DisarmReport);
        }
    }
}
