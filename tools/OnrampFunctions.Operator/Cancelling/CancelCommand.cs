namespace OnrampFunctions.Operator.Cancelling;

/// <summary>
/// <c>cancel ORDER</c> and <c>cancel --from FILE</c>: sends requests to the queue, like any order system. The tool has
/// no key to send them in the name of a caller.
/// </summary>
internal sealed class CancelCommand(OperatorEnvironment environment) : OperatorCommand<CancelSettings>(environment)
{
    private const int MaxRate = 10_000;

    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(2);

    protected override IReadOnlyList<Role> Roles => [Role.Sender];

    protected override Task<ExitCode> RunAsync(
        CancelSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        if (FaultOf(settings) is { } fault)
        {
            throw OperatorException.Usage(fault);
        }

        var waitFor = DurationText.Read("--wait-for", settings.WaitFor) ?? DefaultWait;
        if (settings.From is { } file)
        {
            // Without the tables it works too, but cannot skip the orders that an earlier run finished.
            var tables = settings.Wait
                ? TablesConnection.Open(settings, Environment, Role.TableReader)
                : TablesConnection.TryOpen(settings, Environment, Role.TableReader);
            FileCancel cancel = new(settings, connection, tables, waitFor, screen);
            return cancel.RunAsync(file, cancellationToken);
        }

        return new SingleCancel(
            settings,
            connection,
            settings.Wait ? TablesConnection.Open(settings, Environment, Role.TableReader) : null,
            waitFor,
            screen
        ).RunAsync(cancellationToken);
    }

    private static string? FaultOf(CancelSettings settings) =>
        settings switch
        {
            { Order: null, From: null } => "Specify the order, or a file of orders with --from.",
            { Order: not null, From: not null } => "Specify only one of ORDER and --from.",
            { From: not null, IsHash: true } or { From: not null, RequestId: not null } =>
                "--hash and --request-id cannot be used with --from: the file has a column hash, and the ids are "
                    + "derived from the file and the line.",
            { From: null, Rate: not null } or { From: null, SkipInvalid: true } or { From: null, Results: not null } =>
                "--rate, --skip-invalid and --results need --from.",
            { Results: not null, Wait: false } => "--results needs --wait.",
            { WaitFor: not null, Wait: false } => "--wait-for needs --wait.",
            { Rate: < 1 or > MaxRate } => $"--rate must be between 1 and {MaxRate} a second.",
            _ => null,
        };
}
