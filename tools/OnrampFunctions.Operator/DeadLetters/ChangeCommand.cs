namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>What replaying and removing have in common: choose, show, ask, do, report.</summary>
internal abstract class ChangeCommand(OperatorEnvironment environment)
    : OperatorCommand<DeadLetterChangeSettings>(environment)
{
    private const int MaxRate = 10_000;

    /// <summary>What it does: <c>Replay</c>, <c>Remove for good</c>.</summary>
    protected abstract string Verb { get; }

    /// <summary>Leaves out what is not meant unless it is named, and says so.</summary>
    protected virtual List<DeadLetter> Choose(List<DeadLetter> found, DeadLetterFilter filter, Screen screen) => found;

    /// <summary>Stores what shall come of them.</summary>
    /// <returns>The numbers of those that cannot be stored, however often it is tried.</returns>
    protected abstract Task<IReadOnlyCollection<long>> StoreAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages,
        ServiceBusSender queue
    );

    protected override async Task<ExitCode> RunAsync(
        DeadLetterChangeSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        if (settings.Rate is < 1 or > MaxRate)
        {
            throw OperatorException.Usage($"--rate must be between 1 and {MaxRate} a second.");
        }

        DeadLetterFilter filter = new(settings, Now);
        await using var receiver = connection.DeadLetters();
        await using var queue = connection.Client.CreateSender(connection.Queue);
        var found = await filter.FindAsync(receiver, screen, cancellationToken);
        var chosen = Choose(found, filter, screen);
        if (chosen.Count == 0)
        {
            Report(screen, new ChangeReport(0, 0, 0, [], 0, settings.DryRun));
            screen.Note(
                found.Count == 0
                    ? filter.None(connection.Queue)
                    : $"There is no other dead letter in {connection.Queue}."
            );
            return ExitCode.NothingMatched;
        }

        var question =
            $"{Verb} {(chosen.Count == 1 ? "1 dead letter" : $"{chosen.Count} dead letters")} of {connection.Queue} in {connection.Host} ({DeadLetterTables.Reasons(chosen)})?";
        if (settings.DryRun)
        {
            Report(screen, new ChangeReport(chosen.Count, 0, 0, [], chosen.Count, DryRun: true));
            screen.Note($"{question} Not in a dry run: nothing was done.");
            return ExitCode.Done;
        }

        screen.Confirm(question, settings.Yes);
        DeadLetterProcessor sweep = new(
            receiver,
            messages => StoreAsync(messages, queue),
            settings.Rate,
            filter.HasUnreadable,
            Environment.Clock
        );
        try
        {
            var (done, gone) = (0, 0);
            await screen.ProgressAsync(
                Verb,
                chosen.Count,
                async steps =>
                    (done, gone) = await sweep.RunAsync(
                        [.. chosen.Select(static letter => letter.Number)],
                        steps,
                        cancellationToken
                    )
            );
            Report(screen, new ChangeReport(chosen.Count, done, gone, sweep.Refused, 0, DryRun: false));
            screen.Note(
                gone == 0 ? $"{Verb}: {done} done." : $"{Verb}: {done} done, {gone} taken by somebody else meanwhile."
            );
            if (sweep.Refused.Count == 0)
            {
                return ExitCode.Done;
            }

            screen.Note(
                $"{sweep.Refused.Count} left where they are, number {Screen.List(sweep.Refused)}, since no queue takes them again: "
                    + "they are too large, or have a list or an array as an application property. Send the requests anew and remove these."
            );
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            var done = chosen.Count - sweep.Left.Count - sweep.Refused.Count;
            screen.Note($"{Verb}: {done} done, {sweep.Left.Count} left; the same command goes on with them.");
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                Report(screen, new ChangeReport(chosen.Count, done, 0, sweep.Refused, sweep.Left.Count, DryRun: false));
                return ExitCode.Interrupted;
            }

            throw;
        }
    }

    private static void Report(Screen screen, ChangeReport report)
    {
        if (screen.IsJson)
        {
            screen.Json(report, OperatorJson.Default.ChangeReport);
        }
    }
}
