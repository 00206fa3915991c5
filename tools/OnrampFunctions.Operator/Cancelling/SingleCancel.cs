using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;
using OnrampFunctions.Operator.Outcomes;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>Cancels one order.</summary>
/// <param name="settings">The options.</param>
/// <param name="connection">The namespace.</param>
/// <param name="tables">The tables; null if the outcome is not waited for.</param>
/// <param name="waitFor">How long to wait for the outcome.</param>
/// <param name="screen">The output.</param>
internal sealed class SingleCancel(
    CancelSettings settings,
    Connection connection,
    TablesConnection? tables,
    TimeSpan waitFor,
    Screen screen
)
{
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var request = Read();
        var message = RequestMessages.Write(request);
        if (RequestMessages.FaultOf(message) is { } fault)
        {
            throw OperatorException.Usage(fault);
        }

        var condition = request.OnlyIfUnpaid ? ", if it is still unpaid," : "";
        var what =
            $"Cancel {request.Order.Field} {request.Order.Value}{condition} through {connection.Queue} in "
            + $"{connection.Host}?";
        if (settings.DryRun)
        {
            Report(request, isQueued: false, outcome: null);
            screen.Note($"{what} Dry run: nothing was sent.");
            return ExitCode.Done;
        }

        screen.Confirm(what, settings.Yes);

        // Before it is sent, so that nothing is sent if the tables cannot be read.
        ExpectedOutcome? expected = tables is null ? null : await ExpectAsync(tables, request, cancellationToken);
        await ServiceBusServices.OpenQueue(connection.Client, connection.Queue).SendAsync(message, cancellationToken);
        screen.Note(
            $"Queued as request {TerminalText.Of(request.RequestId)}; its outcome will be published to "
                + $"{connection.Topic}."
        );
        if (expected is null)
        {
            Report(request, isQueued: true, outcome: null);
            return ExitCode.Done;
        }

        return await WaitAsync(request, expected.Value, cancellationToken);
    }

    private async Task<ExpectedOutcome> ExpectAsync(
        TablesConnection tables,
        CancelRequest request,
        CancellationToken cancellationToken
    )
    {
        var id = request.RecordId;
        var record = await RecordAccess.OpenRecords(tables.Rows, connection.Clock).FindAsync(id, cancellationToken);
        if (record is null)
        {
            await tables.CheckAsync(RowTable.CancelRequests, cancellationToken);
        }

        return new ExpectedOutcome(id, record?.Outcome?.EventId);
    }

    private async Task<ExitCode> WaitAsync(
        CancelRequest request,
        ExpectedOutcome expected,
        CancellationToken cancellationToken
    )
    {
        OutcomeWaiter waiter = new(
            RecordAccess.OpenRecords(tables!.Rows, connection.Clock),
            waitFor,
            connection.Clock,
            NoteWaiting
        );
        var outcome = (await waiter.WaitAsync([expected], cancellationToken))[0]?.Outcome;
        Report(request, isQueued: true, outcome);
        if (outcome is null)
        {
            screen.Note(
                $"No outcome within {DurationText.Of(waitFor)}. The request stays on the queue; to see its outcome "
                    + $"later, run: onramp-cancel outcomes --order {Name(request)}"
            );
            return ExitCode.StillWaiting;
        }

        screen.Note($"Outcome: {OutcomeText.Line(outcome)}.");
        return outcome.Outcome == OutcomeKind.Cancelled ? ExitCode.Done : ExitCode.Failed;
    }

    private void NoteWaiting(RequestRecord record) =>
        screen.Note(
            $"Waiting for another attempt: {TerminalText.Of(record.WaitsFor)}; the next one is at "
                + $"{record.NextTryAt:u}."
        );

    private static string Name(CancelRequest request) => request.Order.OrderId ?? $"hash:{request.Order.Hash}";

    private CancelRequest Read()
    {
        if (
            settings.RequestId is not (null or { Length: >= 1 and <= OutboundMessage.MaxMessageIdLength })
            || settings.RequestId?.Any(static c => c is < '!' or > '~') is true
        )
        {
            throw OperatorException.Usage(
                $"--request-id must be 1 to {OutboundMessage.MaxMessageIdLength} printable ASCII characters without "
                    + "spaces."
            );
        }

        var now = connection.Clock.GetUtcNow();
        return new CancelRequest
        {
            RequestId = settings.RequestId ?? Guid.CreateVersion7(now).ToString(),
            Source = CancelRequest.QueueSource,
            Order = settings.IsHash ? OrderOption.ReadHash(settings.Order!) : OrderOption.Read(settings.Order!),
            Reason = settings.Reason,
            OnlyIfUnpaid = settings.OnlyIfUnpaid,
            Trigger = CancelTrigger.Queue,
            RequestedAt = now,
        };
    }

    private void Report(CancelRequest request, bool isQueued, RecordedOutcome? outcome)
    {
        if (screen.IsJson)
        {
            screen.Json(
                new CancelReport(
                    request.RequestId,
                    request.Order.OrderId,
                    request.Order.Hash,
                    isQueued,
                    outcome is null ? null : OutcomeReport.Of(outcome)
                ),
                OperatorJson.Default.CancelReport
            );
        }
    }
}
