using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Cancelling;

internal sealed class CancelSettings : TablesSettings
{
    public const int DefaultRate = 50;

    [CommandArgument(0, "[ORDER]")]
    [Description("Order id, or hash: and the order's hash")]
    public string? Order { get; init; }

    [CommandOption("--hash")]
    [Description("ORDER is a hash")]
    public bool IsHash { get; init; }

    [CommandOption("--from <FILE>")]
    [Description(
        "Cancel the orders of a CSV file instead. Its first line names the columns: orderId or hash (one for each "
            + "line), reason, onlyIfUnpaid"
    )]
    public string? From { get; init; }

    [CommandOption("--reason <TEXT>")]
    [Description("Reason, for the outcome event; with --from, for lines without one")]
    public string? Reason { get; init; }

    [CommandOption("--only-if-unpaid")]
    [Description("Cancel only if the order is waiting for payment; with --from, every order")]
    public bool OnlyIfUnpaid { get; init; }

    [CommandOption("--request-id <ID>")]
    [Description("Idempotency key: the same id repeats the same request. Default: a new one")]
    public string? RequestId { get; init; }

    [CommandOption("--rate <COUNT>")]
    [Description("With --from: maximum requests per second. Default: 50")]
    public int? Rate { get; init; }

    [CommandOption("--skip-invalid")]
    [Description("With --from: skip invalid lines. Default: send nothing if a line is invalid")]
    public bool SkipInvalid { get; init; }

    [CommandOption("--wait")]
    [Description("Wait until the outcome is recorded, and show it; needs the tables")]
    public bool Wait { get; init; }

    [CommandOption("--wait-for <TIME>")]
    [Description("With --wait: stop waiting when no outcome has arrived for this time. Default: 2m")]
    public string? WaitFor { get; init; }

    [CommandOption("--results <FILE>")]
    [Description("With --from and --wait: write the result of each order to this CSV file, which is overwritten")]
    public string? Results { get; init; }

    [CommandOption("--dry-run")]
    [Description("Show what would be sent, and send nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask for confirmation")]
    public bool Yes { get; init; }
}
