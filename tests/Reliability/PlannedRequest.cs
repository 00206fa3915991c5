using OnrampFunctions.Local;

namespace Reliability;

/// <summary>How a request comes in, and what happens to its order meanwhile.</summary>
public enum Way
{
    Http,
    HttpAsync,
    Message,
    StructuredEvent,
    BinaryEvent,
    Timeout,
    TimeoutPaidMeanwhile,
    TimeoutDisarmed,
    MalformedMessage,
}

/// <summary>One request, decided by the seed alone. Every request has an order of its own.</summary>
/// <param name="Number">Counts from 0.</param>
/// <param name="Way">How it comes in.</param>
/// <param name="InitialStatus">The order's state before; null for an order that the provider does not know.</param>
/// <param name="OnlyIfUnpaid">Whether only an unpaid order may be cancelled.</param>
/// <param name="Refused">Whether the provider refuses to cancel the order, every time and for good.</param>
public sealed record PlannedRequest(int Number, Way Way, int? InitialStatus, bool OnlyIfUnpaid, bool Refused = false)
{
    // Far from the orders that the simulator has from the start.
    private const int FirstOrder = 1_000_000;

    // Shares in percent, in the order of the enumeration.
    private static readonly int[] Ways = [42, 8, 18, 6, 6, 8, 4, 4, 4];

    private static readonly (int Share, int? Status)[] States =
    [
        (70, OrderStates.Waiting), (8, OrderStates.Paid), (6, OrderStates.Completed), (5, OrderStates.Failed), (6, OrderStates.Cancelled), (5, null),
    ];

    public string RequestId => $"request-{Number}";

    public string OrderId => (FirstOrder + Number).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the way in reads the order before it cancels.</summary>
    public bool ReadsFirst => OnlyIfUnpaid || Way is Way.Timeout or Way.TimeoutPaidMeanwhile or Way.TimeoutDisarmed;

    public static PlannedRequest Plan(int number, int seed)
    {
        var random = new Random(unchecked((seed * 1_000_003) ^ (number * 7_919)));
        var way = (Way)Draw(random, Ways);
        var waits = way is Way.TimeoutPaidMeanwhile or Way.TimeoutDisarmed;
        int? status = waits ? OrderStates.Waiting : States[Draw(random, [.. States.Select(state => state.Share)])].Status;
        return new PlannedRequest(number, way, status, OnlyIfUnpaid: random.Next(5) == 0, Refused: status == OrderStates.Waiting && !waits && random.Next(40) == 0);
    }

    private static int Draw(Random random, int[] shares)
    {
        var draw = random.Next(shares.Sum());
        var index = 0;
        while ((draw -= shares[index]) >= 0)
        {
            index++;
        }

        return index;
    }
}
