using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;
using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Cancelling;

internal sealed class CancelSettings : ConnectionSettings
{
    [CommandArgument(0, "<ORDER>")]
    [Description("Order id; with --hash, the order's hash")]
    public string Order { get; init; } = "";

    [CommandOption("--hash")]
    [Description("ORDER is a hash")]
    public bool IsHash { get; init; }

    [CommandOption("--reason <TEXT>")]
    [Description("Reason, for the outcome event")]
    public string? Reason { get; init; }

    [CommandOption("--only-if-unpaid")]
    [Description("Cancel only if the order is waiting for payment")]
    public bool OnlyIfUnpaid { get; init; }

    [CommandOption("--request-id <ID>")]
    [Description("Idempotency key: the same id repeats the same request. Default: a new one")]
    public string? RequestId { get; init; }

    [CommandOption("--dry-run")]
    [Description("Show what would be sent, and send nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask for confirmation")]
    public bool Yes { get; init; }
}

/// <summary>
/// <c>cancel ORDER</c>: sends a request to the queue, like any order system. The tool has no key to send it in the name
/// of a caller.
/// </summary>
internal sealed class CancelCommand(OperatorEnvironment environment) : OperatorCommand<CancelSettings>(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Sender];

    protected override async Task<ExitCode> RunAsync(
        CancelSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var request = Read(settings);
        OutboundMessage message = new()
        {
            MessageId = request.RequestId,
            CorrelationId = request.RequestId,
            ContentType = "application/json",
            Body = CancelBody.Write(request),
        };
        if (CancelBody.Parse(message.Body.Span).Faults is [var fault, ..])
        {
            throw OperatorException.Usage($"{fault.Pointer.TrimStart('/')}: {fault.Detail}");
        }

        var condition = request.OnlyIfUnpaid ? ", if it is still unpaid," : "";
        var what =
            $"Cancel {request.Order.Field} {request.Order.Value}{condition} through {connection.Queue} in "
            + $"{connection.Host}?";
        if (settings.DryRun)
        {
            Report(screen, request, isQueued: false);
            screen.Note($"{what} Dry run: nothing was sent.");
            return ExitCode.Done;
        }

        screen.Confirm(what, settings.Yes);
        await ServiceBusServices.OpenQueue(connection.Client, connection.Queue).SendAsync(message, cancellationToken);
        Report(screen, request, isQueued: true);
        screen.Note(
            $"Queued as request {TerminalText.Of(request.RequestId)}; its outcome will be published to "
                + $"{connection.Topic}."
        );
        return ExitCode.Done;
    }

    private CancelRequest Read(CancelSettings settings)
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

        return new CancelRequest
        {
            RequestId = settings.RequestId ?? Guid.CreateVersion7(Now).ToString(),
            Order = (settings.IsHash, settings.Order) switch
            {
                (true, var hash) when OrderReference.IsHash(hash) => OrderReference.FromHash(hash),
                (false, var id) when OrderReference.IsOrderId(id) => OrderReference.FromOrderId(id),
                (true, _) => throw OperatorException.Usage(
                    $"A hash must be 1 to {OrderReference.MaxHashLength} printable ASCII characters without spaces."
                ),
                (false, _) => throw OperatorException.Usage(
                    $"An order id must be 1 to {OrderReference.MaxOrderIdLength} digits without a leading zero. "
                        + "For a hash, add --hash."
                ),
            },
            Reason = settings.Reason,
            OnlyIfUnpaid = settings.OnlyIfUnpaid,
            Trigger = CancelTrigger.Queue,
            RequestedAt = Now,
        };
    }

    private static void Report(Screen screen, CancelRequest request, bool isQueued)
    {
        if (screen.IsJson)
        {
            screen.Json(
                new CancelReport(request.RequestId, request.Order.OrderId, request.Order.Hash, isQueued),
                OperatorJson.Default.CancelReport
            );
        }
    }
}
