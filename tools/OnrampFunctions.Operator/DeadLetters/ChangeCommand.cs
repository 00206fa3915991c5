namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>The common steps of replaying and removing: select, confirm, process, report.</summary>
internal abstract class ChangeCommand(OperatorEnvironment environment)
    : OperatorCommand<DeadLetterChangeSettings>(environment)
{
    private const int MaxRate = 10_000;

    /// <summary>What the command does: <c>Replay</c>, <c>Remove permanently</c>.</summary>
    protected abstract string Verb { get; }

    /// <summary>Skips dead letters that the command changes only if they are named, and notes that.</summary>
    protected virtual List<DeadLetter> Choose(List<DeadLetter> found, DeadLetterFilter filter, Screen screen) => found;

    /// <summary>Stores the replacements of dead letters.</summary>
    /// <returns>The numbers of those that can never be stored.</returns>
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

        if (settings.First < 1)
        {
            throw OperatorException.Usage("--first must be at least 1.");
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
                    : $"There are no other dead letters in {connection.Queue}."
            );
            return ExitCode.NothingMatched;
        }

        var matching = chosen.Count;
        chosen = [.. chosen.Take(settings.First ?? chosen.Count)];
        var count = TerminalText.Count(chosen.Count, "dead letter");
        count = chosen.Count < matching ? $"the oldest {chosen.Count} of {matching} dead letters" : count;
        var question =
            $"{Verb} {count} of {connection.Queue} in {connection.Host} ({DeadLetterTables.Reasons(chosen)})?";
        if (settings.DryRun)
        {
            Report(screen, new ChangeReport(chosen.Count, 0, 0, [], chosen.Count, DryRun: true));
            screen.Note($"{question} Dry run: nothing was done.");
            return ExitCode.Done;
        }

        screen.Confirm(question, settings.Yes);
        DeadLetterProcessor processor = new(
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
                    (done, gone) = await processor.RunAsync(
                        [.. chosen.Select(static letter => letter.Number)],
                        steps,
                        cancellationToken
                    )
            );
            Report(screen, new ChangeReport(chosen.Count, done, gone, processor.Refused, 0, DryRun: false));
            screen.Note(
                gone == 0 ? $"{Verb}: {done} done." : $"{Verb}: {done} done, {gone} taken by another receiver."
            );
            if (processor.Refused.Count == 0)
            {
                return ExitCode.Done;
            }

            screen.Note(
                $"{processor.Refused.Count} cannot be sent again, number {Screen.List(processor.Refused)}: they are "
                    + "too large, or have a list or an array as an application property. Send their requests again "
                    + "and remove them."
            );
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            var done = chosen.Count - processor.Left.Count - processor.Refused.Count;
            screen.Note($"{Verb}: {done} done, {processor.Left.Count} left; run the command again to continue.");
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                Report(
                    screen,
                    new ChangeReport(chosen.Count, done, 0, processor.Refused, processor.Left.Count, DryRun: false)
                );
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
