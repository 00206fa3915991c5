namespace Onramp.Cancellation.Telemetry;

/// <summary>The kind of an instrument.</summary>
public enum InstrumentKind
{
    /// <summary>Counts events.</summary>
    Counter,

    /// <summary>Records the distribution of values.</summary>
    Histogram,

    /// <summary>Reports the current value.</summary>
    Gauge,
}

/// <summary>The table of instruments: their names, kinds and attributes. Names and attributes are contracts.</summary>
public sealed class ServiceInstrument
{
    // From a cancel with one call up to the whole budget.
    private static readonly double[] Seconds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];

    private static readonly string[] HowItEnded =
    [
        TelemetryNames.Outcome,
        TelemetryNames.Trigger,
        TelemetryNames.ErrorType,
    ];

    /// <summary>Finished requests, whose outcome event is published.</summary>
    public static readonly ServiceInstrument Outcomes = new()
    {
        Name = "onramp.cancel.outcomes",
        Kind = InstrumentKind.Counter,
        Unit = "{request}",
        Description = "Finished requests by outcome.",
        Attributes = HowItEnded,
    };

    /// <summary>How long the work on a finished request took.</summary>
    public static readonly ServiceInstrument Duration = new()
    {
        Name = "onramp.cancel.duration",
        Kind = InstrumentKind.Histogram,
        Unit = "s",
        Buckets = Seconds,
        Attributes = HowItEnded,
        Description =
            "Time from receiving a request, or the last delivery of its message, to its published outcome event.",
    };

    /// <summary>How many attempts at the provider a finished request took.</summary>
    public static readonly ServiceInstrument Attempts = new()
    {
        Name = "onramp.cancel.attempts",
        Kind = InstrumentKind.Histogram,
        Unit = "{attempt}",
        Buckets = [1, 2, 3, 4, 6, 9, 12, 18],
        Attributes = [TelemetryNames.Outcome],
        Description = "Attempts at the provider for a finished request, all its deliveries together.",
    };

    /// <summary>How long one call to the provider took.</summary>
    public static readonly ServiceInstrument ProviderCallDuration = new()
    {
        Name = "onramp.provider.call.duration",
        Kind = InstrumentKind.Histogram,
        Unit = "s",
        Buckets = Seconds,
        Description = "One HTTP call to the provider, with or without an answer.",
        Attributes = [TelemetryNames.Operation, TelemetryNames.Reply, TelemetryNames.StatusCode],
    };

    /// <summary>Messages that were scheduled for another delivery.</summary>
    public static readonly ServiceInstrument QueueRetries = new()
    {
        Name = "onramp.queue.retries",
        Kind = InstrumentKind.Counter,
        Unit = "{message}",
        Attributes = [TelemetryNames.Delivery],
        Description = "Messages scheduled for another delivery, by the number of that delivery.",
    };

    /// <summary>The circuit breaker: 0 closed, 1 half-open, 2 open.</summary>
    public static readonly ServiceInstrument CircuitState = new()
    {
        Name = "onramp.circuit.state",
        Kind = InstrumentKind.Gauge,
        Unit = "1",
        Description = "The circuit to the provider: 0 closed, 1 half-open, 2 open.",
    };

    /// <summary>In-flight calls to the provider.</summary>
    public static readonly ServiceInstrument PermitsInUse = new()
    {
        Name = "onramp.permits.in_use",
        Kind = InstrumentKind.Gauge,
        Unit = "{call}",
        Description = "In-flight calls to the provider of this process.",
    };

    /// <summary>Calls to the provider that wait for a permit.</summary>
    public static readonly ServiceInstrument PermitsWaiting = new()
    {
        Name = "onramp.permits.waiting",
        Kind = InstrumentKind.Gauge,
        Unit = "{call}",
        Description = "Calls to the provider that wait for a permit in this process.",
    };

    /// <summary>How long calls waited for a permit of the limit of calls a second.</summary>
    public static readonly ServiceInstrument PermitWait = new()
    {
        Name = TelemetryNames.PermitWait,
        Kind = InstrumentKind.Histogram,
        Unit = "s",
        Buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
        Attributes = [TelemetryNames.Limit, TelemetryNames.ErrorType],
        Description = "Time that a call waited for a permit of the limit of calls a second.",
    };

    /// <summary>Failed attempts to publish an outcome event.</summary>
    public static readonly ServiceInstrument PublishFailures = new()
    {
        Name = "onramp.outcome.publish.failures",
        Kind = InstrumentKind.Counter,
        Unit = "{event}",
        Description = "Attempts to publish an outcome event that the topic did not confirm.",
    };

    /// <summary>The time since the vault last confirmed the signing pair.</summary>
    public static readonly ServiceInstrument CredentialsAge = new()
    {
        Name = "onramp.credentials.age",
        Kind = InstrumentKind.Gauge,
        Unit = "s",
        Description = "Time since Key Vault last confirmed the signing pair.",
    };

    /// <summary>What happened to timeouts.</summary>
    public static readonly ServiceInstrument Timeouts = new()
    {
        Name = "onramp.timeouts",
        Kind = InstrumentKind.Counter,
        Unit = "{timeout}",
        Attributes = [TelemetryNames.Event],
        Description = "What happened to timeouts: armed, moved, disarmed, extended, fired; and stray alarms.",
    };

    /// <summary>How long after its outcome was established a record was written.</summary>
    public static readonly ServiceInstrument RecordLag = new()
    {
        Name = "onramp.record.lag",
        Kind = InstrumentKind.Histogram,
        Unit = "s",
        Buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600],
        Description = "Time from establishing an outcome to writing it to the records.",
    };

    private ServiceInstrument() { }

    /// <summary>All instruments.</summary>
    public static IReadOnlyList<ServiceInstrument> All { get; } =
    [
        Outcomes,
        Duration,
        Attempts,
        ProviderCallDuration,
        QueueRetries,
        CircuitState,
        PermitsInUse,
        PermitsWaiting,
        PermitWait,
        PublishFailures,
        CredentialsAge,
        Timeouts,
        RecordLag,
    ];

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The kind.</summary>
    public required InstrumentKind Kind { get; init; }

    /// <summary>The unit (UCUM).</summary>
    public required string Unit { get; init; }

    /// <summary>The description.</summary>
    public required string Description { get; init; }

    /// <summary>All attributes that its values can have.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>The bucket boundaries of a histogram.</summary>
    internal IReadOnlyList<double>? Buckets { get; init; }
}
