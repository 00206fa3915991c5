using Azure;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;
using OnrampFunctions.Operator.DeadLetters;

namespace OnrampFunctions.Operator.Status;

/// <summary><c>status</c>: shows queue depths and dead letters, and whether the app is healthy.</summary>
internal sealed class StatusCommand(OperatorEnvironment environment) : OperatorCommand<StatusSettings>(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override async Task<ExitCode> RunAsync(
        StatusSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        if (settings.Limit < 1)
        {
            throw OperatorException.Usage("--limit must be at least 1.");
        }

        var app = settings.App is { } address ? await AppHealth.AskAsync(address, cancellationToken) : null;
        StatusReport report = new(
            connection.Host,
            await QueueAsync(connection, settings.Limit, screen, cancellationToken),
            await RetryingAsync(settings, screen, cancellationToken),
            await SubscriptionsAsync(settings, connection, screen, cancellationToken),
            app
        );
        if (screen.IsJson)
        {
            screen.Json(report, OperatorJson.Default.StatusReport);
        }
        else
        {
            Write(screen, report);
        }

        if (app?.Fault is { } fault)
        {
            screen.Note(fault);
            return ExitCode.Failed;
        }

        return ExitCode.Done;
    }

    private static async Task<QueueStatus> QueueAsync(
        Connection connection,
        int limit,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        await using var queue = connection.Client.CreateReceiver(connection.Queue);
        await using var dead = connection.DeadLetters();
        var depth = await DepthCounter.CountAsync(queue, limit, screen, cancellationToken);
        Dictionary<string, int> reasons = [];
        DateTimeOffset? oldest = null;
        var count = 0;
        List<UnreadableNumbers> unreadable = [];
        await foreach (var message in dead.PeekAllAsync(unreadable: unreadable, cancellationToken: cancellationToken))
        {
            if (++count > limit)
            {
                break;
            }

            var reason = DeadLetter.ReasonOf(message);
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            oldest = oldest < message.EnqueuedTime ? oldest : message.EnqueuedTime;
        }

        screen.NoteUnreadable(unreadable);
        return new QueueStatus(
            connection.Queue,
            depth,
            new DeadLetterStatus(Math.Min(count, limit), oldest, reasons, count > limit)
        );
    }

    /// <summary>
    /// Counts the requests that wait for another attempt; null if the tables are not specified or cannot be read.
    /// </summary>
    private async Task<WaitingSummary?> RetryingAsync(
        StatusSettings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        if (TablesConnection.TryOpen(settings, Environment, Role.TableReader) is not { } tables)
        {
            screen.Note(
                $"Requests that wait for another attempt are not shown. Specify the tables: {TablesAddress.HowToSpecify}."
            );
            return null;
        }

        try
        {
            var records = RecordAccess.OpenRecords(tables.Rows, Environment.Clock);
            var waiting = await records.CountWaitingAsync(settings.Limit, cancellationToken);
            if (waiting.Count == 0)
            {
                await tables.CheckAsync(RowTable.CancelWaiting, cancellationToken);
            }

            return waiting;
        }
        catch (OperatorException exception)
        {
            screen.Note($"Requests that wait for another attempt are not shown. {exception.Message}");
            return null;
        }
    }

    private static async Task<IReadOnlyList<SubscriptionStatus>> SubscriptionsAsync(
        StatusSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var topic = settings.Topic ?? connection.Topic;
        List<SubscriptionStatus> found = [];
        foreach (
            var name in settings.Subscriptions.Length > 0
                ? settings.Subscriptions
                : await NamesAsync(connection, topic, screen, cancellationToken)
        )
        {
            await using var receiver = connection.Client.CreateReceiver(topic, name);
            await using var dead = connection.Client.CreateReceiver(
                topic,
                name,
                new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
            );
            found.Add(
                new SubscriptionStatus(
                    topic,
                    name,
                    await DepthCounter.CountAsync(receiver, settings.Limit, screen, cancellationToken),
                    (await DepthCounter.CountAsync(dead, settings.Limit, screen, cancellationToken)).Active
                )
            );
        }

        return found;
    }

    /// <summary>Returns the names of the subscriptions, if the user may list them.</summary>
    private static async Task<IReadOnlyList<string>> NamesAsync(
        Connection connection,
        string topic,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        if (!connection.HasAdministration)
        {
            return [];
        }

        try
        {
            List<string> names = [];
            await foreach (var subscription in connection.Administer().GetSubscriptionsAsync(topic, cancellationToken))
            {
                names.Add(subscription.SubscriptionName);
            }

            return names;
        }
        catch (Exception exception)
            when (exception is UnauthorizedAccessException or RequestFailedException { Status: 401 or 403 })
        {
            screen.Note(
                $"Cannot list the subscriptions: that needs {Role.Owner.Name()}. Specify them with --subscription."
            );
            return [];
        }
    }

    private void Write(Screen screen, StatusReport report)
    {
        var table = screen.NewTable("where", "ready", "scheduled", "oldest", "dead letters");
        var queue = report.Queue;
        AddRow(queue.Name, queue.Depth, queue.DeadLetters.Count, queue.DeadLetters.IsMore);
        foreach (var subscription in report.Subscriptions)
        {
            AddRow(
                $"{subscription.Topic}/{subscription.Name}",
                subscription.Depth,
                subscription.DeadLetters,
                isMore: false
            );
        }

        screen.Line(report.Namespace);
        screen.Write(table);
        if (queue.Depth.NextDue is { } due)
        {
            screen.Line(
                $"Scheduled: {TerminalText.Count(queue.Depth.Timeouts, "timeout")}, "
                    + $"{TerminalText.Count(queue.Depth.Scheduled - queue.Depth.Timeouts, "other message")}; "
                    + $"the next is due {due:u}."
            );
        }

        if (report.Retrying is { Count: > 0 } retrying)
        {
            screen.Line(
                $"Waiting for another attempt: {More(retrying.Count, retrying.IsMore)} ({TerminalText.Counts(retrying.Causes)}); "
                    + $"the oldest for {DurationText.Of(Now - retrying.Since!.Value)}, "
                    + $"the next attempt is due {retrying.NextTryAt:u}."
            );
        }

        if (queue.DeadLetters is { Count: > 0, Oldest: { } oldest } letters)
        {
            screen.Line(
                $"Dead letters: {TerminalText.Counts(letters.Reasons)}; the oldest was sent {DurationText.Of(Now - oldest)} ago."
            );
        }

        if (report.App is { } app)
        {
            screen.Line(
                $"App {app.Address}: {(app.HttpStatus == 0 ? "" : $"{app.HttpStatus}, ")}{TerminalText.Of(app.Says)}"
            );
        }

        void AddRow(string where, QueueDepth depth, int dead, bool isMore) =>
            table.AddRow(
                new Text(TerminalText.Of(where)),
                new Text(More(depth.Active, depth.IsMore)),
                new Text($"{depth.Scheduled}"),
                new Text(depth.Oldest is { } oldest ? DurationText.Of(Now - oldest) : "-"),
                new Text(More(dead, isMore))
            );
    }

    private static string More(int count, bool isMore) => isMore ? $"more than {count}" : $"{count}";
}
