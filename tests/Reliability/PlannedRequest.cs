using System.Globalization;

namespace Reliability;

/// <summary>One request, determined by the seed. Every request has its own order, which only a twin shares.</summary>
/// <param name="Number">Counts from 0.</param>
/// <param name="Way">How it arrives.</param>
/// <param name="InitialStatus">The initial order state, or null for an order that the provider does not know.</param>
/// <param name="OnlyIfUnpaid">Whether only an unpaid order may be cancelled.</param>
/// <param name="Fate">The provider's behaviour for the order.</param>
public sealed record PlannedRequest(int Number, Way Way, int? InitialStatus, bool OnlyIfUnpaid, Fate Fate = Fate.Open)
{
    // Outside the range of the simulator's predefined orders.
    private const int FirstOrder = 1_000_000;

    // Percentages, in the order of the enumeration.
    private static readonly int[] Ways = [41, 8, 18, 6, 6, 8, 4, 3, 3, 3];

    private static readonly (int Share, int? Status)[] States =
    [
        (70, OrderStates.Waiting),
        (8, OrderStates.Paid),
        (6, OrderStates.Completed),
        (5, OrderStates.Failed),
        (6, OrderStates.Cancelled),
        (5, null),
    ];

    /// <summary>Whether the request identifies the order by its hash.</summary>
    public bool ByHash { get; init; }

    /// <summary>Whether it is sent twice: two calls, one event in two messages, or two armings with one key.</summary>
    public bool Twice { get; init; }

    /// <summary>Whether the second of two arrives a while after the first instead of together with it.</summary>
    public bool Apart { get; init; }

    /// <summary>
    /// Whether it reuses the idempotency key of the previous request for another order, or the event id of the previous
    /// event from another source.
    /// </summary>
    public bool SharesKey { get; init; }

    /// <summary>Whether the next request reuses the idempotency key of this one.</summary>
    public bool LendsKey { get; init; }

    /// <summary>Whether another request has the same id.</summary>
    public bool SharesId => SharesKey || LendsKey;

    /// <summary>
    /// Whether another source sends an event with the same id about the same order, and only one of them requires an
    /// unpaid order.
    /// </summary>
    public bool HasTwin { get; init; }

    /// <summary>Whether this is a twin.</summary>
    public bool IsTwin { get; private init; }

    /// <summary>How many dead letters of it were resubmitted; 0 for a request that is none.</summary>
    public int Letters { get; init; }

    /// <summary>Whether it is a resubmitted dead letter.</summary>
    public bool IsPutBack => Letters > 0;

    /// <summary>Whether the order is paid during the cancel.</summary>
    public bool PaidMeanwhile { get; init; }

    public string RequestId => $"request-{(SharesKey ? Number - 1 : Number).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Whether an event has its own id, which is the request id, in addition to the message id.</summary>
    public string MessageId =>
        IsEvent ? $"message-{Number.ToString(CultureInfo.InvariantCulture)}{(IsTwin ? "-twin" : "")}" : RequestId;

    public string OrderId => (FirstOrder + Number).ToString(CultureInfo.InvariantCulture);

    /// <summary>Long enough to be found wherever it is quoted, and unique.</summary>
    public string Hash => $"h{unchecked((uint)Number * 2_654_435_761):x8}{Number:x8}";

    /// <summary>The order reference in requests and events.</summary>
    public string Reference => ByHash ? Hash : OrderId;

    /// <summary>The reason of the caller, which is copied to its event. It distinguishes twins.</summary>
    public string? Reason =>
        (IsTwin, IsEven: Number % 2 == 0) switch
        {
            (true, _) => $"by {Source}",
            (_, true) => null,
            _ => $"stale {Number.ToString(CultureInfo.InvariantCulture)}",
        };

    /// <summary>The source of an event.</summary>
    public string Source => IsTwin || SharesKey ? "/crm" : "/orders";

    public bool IsEvent => Way is Way.StructuredEvent or Way.BinaryEvent;

    public bool IsTimeout => Way is >= Way.Timeout and <= Way.TimeoutDisarmed;

    /// <summary>The number of messages that the queue accepts for it.</summary>
    public int Messages =>
        (IsPutBack, IsEvent && Twice) switch
        {
            (true, _) => Letters,
            (false, true) => 2,
            (false, false) => 1,
        };

    /// <summary>Whether the order is read before the cancel.</summary>
    public bool ReadsFirst => OnlyIfUnpaid || IsTimeout;

    /// <summary>Whether another request for the same order may do something that this one may not.</summary>
    public bool IsAlone => !HasTwin && !IsTwin;

    public PlannedRequest Twin() => this with { IsTwin = true, OnlyIfUnpaid = !OnlyIfUnpaid, Twice = false };

    public static PlannedRequest Plan(int number, int seed)
    {
        var random = new Random(unchecked((seed * 1_000_003) ^ (number * 7_919)));
        var way = (Way)Draw(random, Ways);
        var waits = way is Way.TimeoutPaidBefore or Way.TimeoutPaidWhenDue or Way.TimeoutDisarmed;
        int? status = waits
            ? OrderStates.Waiting
            : States[Draw(random, [.. States.Select(state => state.Share)])].Status;
        var (refused, doomed) = (
            random.Next(40) == 0 && status == OrderStates.Waiting,
            random.Next(100) == 0 && status is not null
        );
        var fate = (waits, refused, doomed) switch
        {
            (true, _, _) => Fate.Open,
            (_, true, _) => Fate.Refused,
            (_, _, true) => Fate.Doomed,
            _ => Fate.Open,
        };
        var (onlyIfUnpaid, byHash, twice, sharesKey, paid) = (
            random.Next(5) == 0,
            random.Next(6) == 0,
            random.Next(12) == 0,
            random.Next(30) == 0,
            random.Next(12) == 0
        );
        var (apart, twin) = (random.Next(2) == 0, random.Next(10) == 0);
        var isEvent = way is Way.StructuredEvent or Way.BinaryEvent;
        return new PlannedRequest(number, way, status, onlyIfUnpaid, fate)
        {
            ByHash = byHash,
            Twice = twice && (isEvent || way is Way.Http or Way.HttpAsync or Way.Timeout or Way.TimeoutDisarmed),
            Apart = apart,
            SharesKey = sharesKey && number > 0 && (isEvent || way is Way.Http or Way.HttpAsync),
            HasTwin = twin && isEvent && !(sharesKey && number > 0),
            PaidMeanwhile = paid && way == Way.Http && status == OrderStates.Waiting && fate == Fate.Open,
        };
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
