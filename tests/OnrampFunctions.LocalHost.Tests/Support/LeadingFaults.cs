namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Faults of the simulated provider that lead to a certain outcome for an order.</summary>
internal static class LeadingFaults
{
    private const int More = 20;

    public static void LeadTo(this SimulatedOrder order, OutcomeKind kind)
    {
        order.Status = kind == OutcomeKind.NotCancellable ? OrderStates.Paid : order.Status;
        order.Plan(Enumerable.Repeat(Faults(kind), More).SelectMany(static faults => faults));
    }

    private static PlannedFault[] Faults(OutcomeKind kind) =>
        kind switch
        {
            OutcomeKind.Cancelled or OutcomeKind.NotCancellable => [],
            OutcomeKind.NotFound => [new(FaultKind.Http417)],
            OutcomeKind.Rejected => [new(FaultKind.Http400, ProviderOperation.Cancel)],
            OutcomeKind.Credentials => [new(FaultKind.RefusedSignature)],
            OutcomeKind.Throttled => [new(FaultKind.Http429RetryAfter, ProviderOperation.Cancel)],
            OutcomeKind.Unavailable => [new(FaultKind.Html502)],
        };
}
