namespace Onramp.Cancellation.Telemetry;

/// <summary>The names by which telemetry is found: contracts, like those on the wire. Alerts, the workbook and documents are tested against them.</summary>
public static class TelemetryNames
{
    /// <summary>The meter and the source of the activities, for whoever collects them.</summary>
    public const string Source = "Onramp.Cancellation";

    /// <summary>How a request ended: the <c>outcome</c> of its event.</summary>
    public const string Outcome = "outcome";

    /// <summary>What asked: the <c>trigger</c> of its event.</summary>
    public const string Trigger = "trigger";

    /// <summary>Why something failed, one of few words; absent where nothing did.</summary>
    public const string ErrorType = "error.type";

    /// <summary>What the vendor calls an operation.</summary>
    public const string Operation = "operation";

    /// <summary>What an answer of the provider amounts to.</summary>
    public const string Reply = "reply";

    /// <summary>The status of an HTTP answer; absent where none came.</summary>
    public const string StatusCode = "http.response.status_code";

    /// <summary>Which delivery by the schedule it is; 1 is the first.</summary>
    public const string Delivery = "delivery";
}
