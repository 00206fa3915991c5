using System.Globalization;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>
/// Cancels the orders of a file. The id of each request is derived from the content of the file and the line, so that
/// the same command continues after an interruption: it sends the same requests, and skips those with a final outcome.
/// </summary>
/// <param name="settings">The options.</param>
/// <param name="connection">The namespace.</param>
/// <param name="tables">The tables; null if they are not specified.</param>
/// <param name="waitFor">How long to wait without any new outcome.</param>
/// <param name="screen">The output.</param>
internal sealed class FileCancel(
    CancelSettings settings,
    Connection connection,
    TablesConnection? tables,
    TimeSpan waitFor,
    Screen screen
)
{
    private const string Waiting = "waiting";
    private const int MaxFaults = 20;
    private const int LargestBatch = 100;

    private readonly int _rate = settings.Rate ?? CancelSettings.DefaultRate;
    private RequestRecords? _records = tables is null ? null : RecordAccess.OpenRecords(tables.Rows, connection.Clock);

    // Events of requests that had failed before they were sent again, by line.
    private readonly Dictionary<int, string> _earlier = [];

    private string _requests = "";
    private int _orders;
    private int _duplicates;
    private int _invalid;
    private int _sent;
    private int _finished;

    public async Task<ExitCode> RunAsync(string path, CancellationToken cancellationToken)
    {
        using var file = OrderFile.Open(path);
        await CheckAsync(file, cancellationToken);
        if (_orders == 0)
        {
            Report(file, outcomes: null);
            screen.Note($"{file.Name} has no valid order.");
            return ExitCode.NothingMatched;
        }

        var question =
            $"Cancel {TerminalText.Count(_orders, "order")} of {file.Name} through {connection.Queue} in {connection.Host}, "
            + $"{_rate} a second?";
        if (settings.DryRun)
        {
            Report(file, outcomes: null);
            screen.Note($"{question} Dry run: nothing was sent.");
            return ExitCode.Done;
        }

        screen.Confirm(question, settings.Yes);
        if (tables is not null)
        {
            await tables.CheckAsync(RowTable.CancelRequests, cancellationToken);
        }

        using var results = settings.Wait ? CancelResults.Open(settings.Results, path, screen) : null;
        if (!await TrySendAsync(file, cancellationToken))
        {
            Report(file, outcomes: null);
            return ExitCode.Interrupted;
        }

        var outcomes = results is null ? null : await WaitAsync(file, results, cancellationToken);
        Report(file, outcomes);
        screen.Note(
            _finished == 0 ? $"Send: {_sent} done." : $"Send: {_sent} done, {_finished} had a final outcome before."
        );
        return outcomes is null ? ExitCodeOfSending(file) : ExitCodeOf(file, outcomes);
    }

    /// <summary>Reads the whole file, and reports its invalid lines and its duplicates.</summary>
    /// <exception cref="OperatorException">A line is invalid, and <c>--skip-invalid</c> is not set.</exception>
    private async Task CheckAsync(OrderFile file, CancellationToken cancellationToken)
    {
        // Other options make other requests.
        var context = $"{settings.OnlyIfUnpaid} {settings.Reason}";
        _requests = $"file-{await file.DigestAsync(context, cancellationToken)}";
        List<int> duplicates = [];
        await foreach (var line in ReadAsync(file, cancellationToken))
        {
            if (line.Fault is not null)
            {
                if (++_invalid <= MaxFaults)
                {
                    screen.Note($"{file.Name}, line {line.Number}: {line.Fault}.");
                }
            }
            else if (line.IsDuplicate)
            {
                _duplicates++;
                duplicates.Add(line.Number);
            }
            else
            {
                _orders++;
            }
        }

        if (_duplicates > 0)
        {
            screen.Note(
                $"{file.Name}, skipped because an earlier line has the same order: line {Screen.List(duplicates)}."
            );
        }

        if (_invalid > 0 && !settings.SkipInvalid)
        {
            throw OperatorException.Usage(
                $"{file.Name}: {TerminalText.Count(_invalid, "invalid line")}; nothing was sent. Correct the file, or use "
                    + "--skip-invalid."
            );
        }
    }

    /// <summary>Reads the lines, and applies the rules of the service to them.</summary>
    private IAsyncEnumerable<OrderLine> ReadAsync(OrderFile file, CancellationToken cancellationToken) =>
        file.ReadAsync(cancellationToken)
            .Select(line =>
                line.IsRequest && RequestMessages.FaultOf(RequestMessages.Write(RequestOf(line))) is { } fault
                    ? line with
                    {
                        Fault = fault.TrimEnd('.'),
                    }
                    : line
            );

    private CancelRequest RequestOf(OrderLine line) =>
        new()
        {
            RequestId = string.Create(CultureInfo.InvariantCulture, $"{_requests}-{line.Number}"),
            Source = CancelRequest.QueueSource,
            Order = line.Order!,
            Reason = line.Reason ?? settings.Reason,
            OnlyIfUnpaid = line.OnlyIfUnpaid || settings.OnlyIfUnpaid,
            Trigger = CancelTrigger.Queue,
            RequestedAt = connection.Clock.GetUtcNow(),
        };

    /// <summary>Sends all requests; returns false if it was interrupted.</summary>
    private async Task<bool> TrySendAsync(OrderFile file, CancellationToken cancellationToken)
    {
        await using var queue = connection.Client.CreateSender(connection.Queue);
        try
        {
            await screen.ProgressAsync("Send", _orders, steps => SendAsync(file, queue, steps, cancellationToken));
            return true;
        }
        catch (Exception exception)
        {
            screen.Note($"Send: {_sent} done, {Left} left; run the command again to continue.");
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            throw;
        }
    }

    private int Left => _orders - _sent - _finished;

    private async Task SendAsync(
        OrderFile file,
        ServiceBusSender queue,
        IProgressDisplay steps,
        CancellationToken cancellationToken
    )
    {
        var requests = ReadAsync(file, cancellationToken).Where(static line => line.IsRequest);
        await foreach (var lines in requests.Chunk(Math.Min(LargestBatch, _rate)).WithCancellation(cancellationToken))
        {
            var started = connection.Clock.GetTimestamp();
            var open = await FindUnfinishedAsync(lines, cancellationToken);
            await SendAsync(queue, open, cancellationToken);
            _sent += open.Count;
            _finished += lines.Length - open.Count;
            steps.Advance(lines.Length);
            var rest = TimeSpan.FromSeconds((double)open.Count / _rate) - connection.Clock.GetElapsedTime(started);
            if (rest > TimeSpan.Zero && Left > 0)
            {
                await Task.Delay(rest, connection.Clock, cancellationToken);
            }
        }
    }

    private async Task SendAsync(
        ServiceBusSender queue,
        IReadOnlyList<OrderLine> lines,
        CancellationToken cancellationToken
    )
    {
        for (var next = 0; next < lines.Count; )
        {
            using var batch = await queue.CreateMessageBatchAsync(cancellationToken);
            while (
                next < lines.Count
                && batch.TryAddMessage(RequestMessages.Write(RequestOf(lines[next])).ToServiceBusMessage())
            )
            {
                next++;
            }

            await queue.SendMessagesAsync(batch, cancellationToken);
        }
    }

    /// <summary>Returns the lines whose requests have no final outcome yet.</summary>
    private async Task<IReadOnlyList<OrderLine>> FindUnfinishedAsync(
        OrderLine[] lines,
        CancellationToken cancellationToken
    )
    {
        if (_records is null)
        {
            return lines;
        }

        RequestRecord?[] found;
        try
        {
            found = await Task.WhenAll(
                lines.Select(line => _records.FindAsync(RequestOf(line).RecordId, cancellationToken))
            );
        }
        catch (Exception) when (!settings.Wait && !cancellationToken.IsCancellationRequested)
        {
            screen.Note("The tables cannot be read: orders that are finished already are sent again, which is safe.");
            _records = null;
            return lines;
        }

        List<OrderLine> open = [];
        foreach (var (line, record) in lines.Zip(found))
        {
            if (record is { IsFinal: true })
            {
                continue;
            }

            open.Add(line);
            if (record?.Outcome is { } failed)
            {
                _earlier[line.Number] = failed.EventId;
            }
        }

        return open;
    }

    /// <summary>Waits for the outcomes in the order of the file, and writes them.</summary>
    private async Task<Dictionary<string, int>> WaitAsync(
        OrderFile file,
        CancelResults results,
        CancellationToken cancellationToken
    )
    {
        OutcomeWaiter waiter = new(_records!, waitFor, connection.Clock);
        Dictionary<string, int> outcomes = [];
        var requests = ReadAsync(file, cancellationToken).Where(static line => line.IsRequest);
        await screen.ProgressAsync(
            "Wait",
            _orders,
            async steps =>
            {
                await foreach (var lines in requests.Chunk(LargestBatch).WithCancellation(cancellationToken))
                {
                    var records = await waiter.WaitAsync([.. lines.Select(Expected)], cancellationToken);
                    foreach (var (line, record) in lines.Zip(records))
                    {
                        var result = ResultOf(line, record);
                        outcomes[result.Outcome] = outcomes.GetValueOrDefault(result.Outcome) + 1;
                        results.Add(result);
                    }

                    steps.Advance(lines.Length);
                }
            }
        );
        return outcomes;
    }

    private ExpectedOutcome Expected(OrderLine line) =>
        new(RequestOf(line).RecordId, _earlier.GetValueOrDefault(line.Number));

    private OrderResult ResultOf(OrderLine line, RequestRecord? record)
    {
        var row = record?.Outcome?.Outcome.Row();
        return new OrderResult(
            line.Number,
            record?.Outcome?.OrderId ?? line.Order!.OrderId,
            line.Order!.Hash,
            RequestOf(line).RequestId,
            row?.Name ?? Waiting,
            row?.ReasonCode,
            record?.Outcome?.Detail,
            record?.Outcome?.CompletedAt
        );
    }

    private ExitCode ExitCodeOfSending(OrderFile file)
    {
        if (_invalid > 0)
        {
            screen.Note($"{file.Name}: {TerminalText.Count(_invalid, "invalid line")} skipped.");
            return ExitCode.Failed;
        }

        return ExitCode.Done;
    }

    private ExitCode ExitCodeOf(OrderFile file, Dictionary<string, int> outcomes)
    {
        var counts = outcomes
            .OrderByDescending(static outcome => outcome.Value)
            .Select(static outcome => $"{outcome.Value} {outcome.Key}");
        screen.Note($"Outcomes: {string.Join(", ", counts)}.");
        var sending = ExitCodeOfSending(file);
        if (outcomes.ContainsKey(Waiting))
        {
            screen.Note("Some requests are still on the queue; run the command again to wait for their outcomes.");
            return ExitCode.StillWaiting;
        }

        return outcomes.Count == 1 && outcomes.ContainsKey(Cancelled) ? sending : ExitCode.Failed;
    }

    private static string Cancelled => Onramp.Cancellation.Cancelling.OutcomeKind.Cancelled.Row().Name;

    private void Report(OrderFile file, IReadOnlyDictionary<string, int>? outcomes)
    {
        if (screen.IsJson)
        {
            screen.Json(
                new FileCancelReport(
                    file.Name,
                    _requests,
                    _orders,
                    _duplicates,
                    _invalid,
                    _sent,
                    _finished,
                    Left,
                    outcomes,
                    settings.DryRun
                ),
                OperatorJson.Default.FileCancelReport
            );
        }
    }
}
