namespace OnrampFunctions.Operator.Outcomes;

/// <summary>
/// <c>outcomes watch</c>: shows outcomes live, in a terminal as a table of minutes, in a pipe as one line each.
/// </summary>
internal sealed class WatchCommand(OperatorEnvironment environment) : OperatorCommand<WatchSettings>(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver, Role.Owner];

    protected override async Task<ExitCode> RunAsync(
        WatchSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        OutcomeFilter filter = new(settings);
        var since = DurationText.Read("--since", settings.Since);
        var limit = DurationText.Read("--for", settings.For);
        var topic = settings.Topic ?? connection.Topic;
        if (settings.Subscription is null && since is not null)
        {
            throw OperatorException.Usage("--since needs --subscription: a temporary one gets only new events.");
        }

        if (settings.Subscription is null && !connection.HasAdministration)
        {
            throw OperatorException.Usage(
                $"{connection.Host} has no temporary subscriptions. Specify an existing one, for example "
                    + "--subscription local for the local host."
            );
        }

        using CancellationTokenSource ended = limit is { } time ? new(time, connection.Clock) : new();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, cancellationToken);
        var outcomes = settings.Subscription is { } subscription
            ? OutcomeSources.PeekAsync(connection, topic, subscription, Now - since.GetValueOrDefault(), either.Token)
            : OutcomeSources.ReceiveAsync(connection, topic, either.Token);
        OutcomesPerMinute minutes = new();
        try
        {
            await FollowAsync(outcomes, filter, minutes, screen);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Expected: Ctrl+C, or the end of --for.
        }

        if (!screen.IsJson && !screen.IsOutTerminal)
        {
            screen.Write(minutes.ToTable(screen));
        }

        return minutes.Count > 0 ? ExitCode.Done : ExitCode.NothingMatched;
    }

    private static async Task FollowAsync(
        IAsyncEnumerable<ObservedOutcome?> outcomes,
        OutcomeFilter filter,
        OutcomesPerMinute minutes,
        Screen screen
    )
    {
        if (!screen.IsJson && screen.IsOutTerminal)
        {
            await screen
                .Out.Live(minutes.ToTable(screen))
                .StartAsync(live => EachAsync(_ => { }, () => live.UpdateTarget(minutes.ToTable(screen))));
        }
        else
        {
            await EachAsync(
                screen.IsJson
                    ? seen => screen.Json(seen, OperatorJson.Default.ObservedOutcome)
                    : seen => screen.Line(Line(seen)),
                static () => { }
            );
        }

        async Task EachAsync(Action<ObservedOutcome> show, Action pause)
        {
            await foreach (var seen in outcomes)
            {
                if (seen is null)
                {
                    pause();
                }
                else if (filter.Matches(seen))
                {
                    minutes.Add(seen);
                    show(seen);
                }
            }
        }
    }

    private static string Line(ObservedOutcome seen) =>
        $"{seen.At:u} {TerminalText.Of(seen.Outcome), -15} {TerminalText.Of(seen.Trigger), -7} "
        + $"{TerminalText.Of(seen.OrderText)} {TerminalText.Of(seen.RequestId)}";
}
