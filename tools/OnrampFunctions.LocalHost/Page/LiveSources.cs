using System.Text.Json;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>The data of the page.</summary>
internal sealed class LiveSources(
    LocalBroker broker,
    OnrampSimulator simulator,
    FaultInjector faults,
    Watch watch,
    Meters meters,
    MemoryRows rows,
    LocalVault vault,
    IConfiguration configuration,
    TimeProvider clock
)
{
    private const int MaxOrders = 60;
    private const int MaxRetrying = 10_000;

    // Without injected faults, which are for the service.
    private readonly RequestRecords _records = RecordAccess.OpenRecords(rows, clock);

    /// <param name="ownPort">The port of this host.</param>
    public HelloView Hello(int ownPort)
    {
        Uri provider = new(configuration["Onramp:BaseUrl"]!);
        var kinds = Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.None).ToLookup(PlaceOf, FaultNames.Of);
        return new HelloView(
            clock.GetUtcNow(),
            broker.Requests.Name,
            broker.Results.Name,
            provider.IsLoopback && provider.Port == ownPort ? null : provider.ToString(),
            OutcomeTally.Kinds,
            kinds.ToDictionary(place => place.Key, place => (IReadOnlyList<string>)[.. place])
        );
    }

    public PulseView Pulse() => new(clock.GetUtcNow());

    public OrdersView Orders() => new(simulator.Count, [.. simulator.Newest(MaxOrders).Select(OrderRow.Of)]);

    public QueueView Queue() => QueueRows.Of(broker.Requests);

    /// <summary>The requests that wait for another attempt.</summary>
    public Task<WaitingSummary> RetryingAsync(CancellationToken cancellationToken) =>
        _records.CountWaitingAsync(MaxRetrying, cancellationToken);

    public OutcomesView Outcomes(long after, int count)
    {
        var found = watch.Outcomes.After(after, count);
        return new OutcomesView(
            watch.Outcomes.Total,
            [.. found.Select(outcome => OutcomeRows.Of(outcome.Number, outcome.Item.Event, outcome.Item.At))]
        );
    }

    public TallyView Tally() => watch.Tally.View(clock.GetUtcNow());

    public CallsView Calls() => CallRows.Of(watch.Calls);

    public FaultsDocument Faults() => FaultsDocument.Of(faults);

    public VaultStateView Vault() => new(JsonNamingPolicy.CamelCase.ConvertName(vault.State.ToString()));

    public MetricsView Metrics() => meters.View();

    private static string PlaceOf(FaultKind kind) =>
        kind switch
        {
            _ when kind.IsOfProvider() => "provider",
            FaultKind.VaultDown or FaultKind.VaultSlow or FaultKind.VaultNonsense => "vault",
            _ => "broker",
        };
}
