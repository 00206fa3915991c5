using System.Diagnostics;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Describes a request on its span.</summary>
internal static class OutcomeSpan
{
    /// <summary>Adds the request and its outcome, with the same attributes as the metrics.</summary>
    public static void Describe(this Activity span, CancelRequest request, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        span.SetTag(TelemetryNames.RequestId, request.RequestId)
            .SetTag(TelemetryNames.Order, outcome.Describe(request.Order))
            .SetTag(TelemetryNames.Trigger, request.Trigger.Name())
            .SetTag(TelemetryNames.Outcome, row.Name)
            .SetTag(TelemetryNames.Attempts, outcome.Attempts);
        if (row.ReasonCode is not null)
        {
            span.SetFailed(row.ReasonCode);
        }
    }
}
