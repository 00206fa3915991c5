using System.Globalization;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Storage;
using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Outcomes;

internal sealed class HistorySettings : TablesSettings
{
    [CommandOption("-o|--order <ORDER>")]
    [Description("Order id, or hash: and the order's hash")]
    public string? Order { get; init; }

    [CommandOption("--top <COUNT>")]
    [Description("Maximum number of outcomes, the newest first")]
    [DefaultValue(20)]
    public int Top { get; init; } = 20;
}

/// <summary><c>outcomes --order</c>: shows the recorded outcomes of one order.</summary>
internal sealed class HistoryCommand(OperatorEnvironment environment) : TablesCommand<HistorySettings>(environment)
{
    private const int PageSize = 1000;
    private const int MaxTop = 100_000;

    protected override async Task<ExitCode> RunAsync(
        HistorySettings settings,
        TablesConnection tables,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var order = OrderOption.Read(
            settings.Order
                ?? throw OperatorException.Usage(
                    "Specify the order: --order. To follow the outcomes of all orders, use outcomes watch."
                )
        );
        if (settings.Top is < 1 or > MaxTop)
        {
            throw OperatorException.Usage($"--top must be between 1 and {MaxTop}.");
        }

        var records = RecordAccess.OpenRecords(tables.Rows, Environment.Clock);
        List<RecordedOutcome> found = [];
        string? next = null;
        do
        {
            var count = Math.Min(PageSize, settings.Top - found.Count);
            (var page, next) = await records.OutcomesAsync(order, count, next, cancellationToken);
            found.AddRange(page);
        } while (next is not null && found.Count < settings.Top);

        // The last page may be full although nothing follows it.
        var isMore =
            next is not null && (await records.OutcomesAsync(order, 1, next, cancellationToken)).Outcomes.Count > 0;
        if (screen.IsJson)
        {
            screen.Json(
                new OutcomeHistory([.. found.Select(OutcomeReport.Of)], isMore),
                OperatorJson.Default.OutcomeHistory
            );
        }
        else if (found.Count > 0)
        {
            Write(screen, found);
        }

        if (found.Count == 0)
        {
            await tables.CheckAsync(RowTable.CancelOutcomes, cancellationToken);
            screen.Note($"No outcome of {order} is recorded in {tables.Host}.");
            return ExitCode.NothingMatched;
        }

        if (isMore)
        {
            screen.Note("There are older outcomes: use a higher --top.");
        }

        return ExitCode.Done;
    }

    private static void Write(Screen screen, List<RecordedOutcome> outcomes)
    {
        var table = screen.NewTable("completed at", "outcome", "trigger", "caller", "attempts", "request id", "detail");
        foreach (var outcome in outcomes)
        {
            table.AddRow(
                Cell(outcome.CompletedAt.ToString("u", CultureInfo.InvariantCulture)),
                Cell(OutcomeText.Name(outcome)),
                Cell(outcome.Trigger),
                Cell(outcome.Caller),
                Cell(outcome.Attempts.ToString(CultureInfo.InvariantCulture)),
                Cell(outcome.RequestId),
                Cell(outcome.Detail)
            );
        }

        screen.Write(table);
    }

    private static Text Cell(string? text) => new(TerminalText.Of(text ?? "-"));
}
