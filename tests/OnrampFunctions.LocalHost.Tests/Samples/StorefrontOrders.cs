namespace OnrampFunctions.LocalHost.Tests.Samples;

/// <summary>The orders of one storefront: one for each way in which a cancel can end.</summary>
/// <param name="Repeated">Its first request gets 503, its second one succeeds.</param>
/// <param name="Paid">It is paid.</param>
/// <param name="Unknown">It does not exist.</param>
/// <param name="Refused">The provider refuses the request.</param>
/// <param name="Failing">Every request gets 503.</param>
internal sealed record StorefrontOrders(string Repeated, string Paid, string Unknown, string Refused, string Failing)
{
    /// <summary>The calls that the service makes for one request.</summary>
    public const int CallsOfRequest = 3;

    public IReadOnlyList<string> All => [Repeated, Paid, Unknown, Refused, Failing];

    public static StorefrontOrders Of(string language)
    {
        var first = 6000 + 100 * Array.IndexOf(SampleHost.Languages, language);
        return new($"{first}", $"{first + 1}", $"{first + 2}", $"{first + 3}", $"{first + 4}");
    }

    public static StorefrontOrders Create(string language, OnrampSimulator simulator)
    {
        var orders = Of(language);
        simulator.Put(orders.Repeated, OrderStates.Waiting).PlanFailure();
        simulator.Put(orders.Paid, OrderStates.Paid);
        simulator.Put(orders.Refused, OrderStates.Waiting).LeadTo(OutcomeKind.Rejected);
        simulator.Put(orders.Failing, OrderStates.Waiting).LeadTo(OutcomeKind.Throttled);
        return orders;
    }
}

/// <summary>Failures that are over after one request.</summary>
internal static class PlannedFailure
{
    public static void PlanFailure(this SimulatedOrder order) =>
        order.Plan(
            Enumerable.Repeat(
                new PlannedFault(FaultKind.Http429RetryAfter, ProviderOperation.Cancel),
                StorefrontOrders.CallsOfRequest
            )
        );
}
