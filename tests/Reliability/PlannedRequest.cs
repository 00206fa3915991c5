using System.Globalization;

namespace Reliability;

/// <summary>
/// One request, decided by the seed alone. Every request has an order of its own, which only a twin shares.
/// </summary>
/// <param name="Number">Counts from 0.</param>
/// <param name="Way">How it comes in.</param>
/// <param name="InitialStatus">The order's state before; null for an order that the provider does not know.</param>
/// <param name="OnlyIfUnpaid">Whether only an unpaid order may be cancelled.</param>
/// <param name="Fate">What the provider has decided about the order.</param>
public sealed record PlannedRequest(int Number, Way Way, int? InitialStatus, bool OnlyIfUnpaid, Fate Fate = Fate.Open)
{
    // Far from the orders that the simulator has from the start.
    private const int FirstOrder = 1_000_000;

    // Shares in percent, in the order of the enumeration.
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

    /// <summary>Whether the order is named by its hash.</summary>
    public bool ByHash { get; init; }

    /// <summary>
    /// Whether it is sent twice: two calls, the same event in two messages, or two armings under one key.
    /// </summary>
    public bool Twice { get; init; }

    /// <summary>Whether the second of two comes a while after the first, and not together with it.</summary>
    public bool Apart { get; init; }

    /// <summary>
    /// Whether the caller uses the idempotency key of the request before for another order, or another source the event
    /// id of the one before.
    /// </summary>
    public bool SharesKey { get; init; }

    /// <summary>
    /// Whether another source sends an event with the same id about the same order, which may be cancelled by the one
    /// only if it is unpaid.
    /// </summary>
    public bool HasTwin { get; init; }

    /// <summary>Whether this is the twin.</summary>
    public bool IsTwin { get; private init; }

    /// <summary>Whether it is a dead letter that somebody has put back.</summary>
    public bool IsPutBack { get; init; }

    /// <summary>Whether the payer pays while the cancel is under way.</summary>
    public bool PaidMeanwhile { get; init; }

    public string RequestId => $"request-{(SharesKey ? Number - 1 : Number).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>An event has an id of its own, which is the request's, besides its message's.</summary>
    public string MessageId =>
        IsEvent ? $"message-{Number.ToString(CultureInfo.InvariantCulture)}{(IsTwin ? "-twin" : "")}" : RequestId;

    public string OrderId => (FirstOrder + Number).ToString(CultureInfo.InvariantCulture);

    /// <summary>Long enough to be found again wherever it is quoted, and unlike that of any other order.</summary>
    public string Hash => $"h{unchecked((uint)Number * 2_654_435_761):x8}{Number:x8}";

    /// <summary>What requests and events call the order.</summary>
    public string Reference => ByHash ? Hash : OrderId;

    /// <summary>The caller's reason, which its event passes on; it tells twins apart.</summary>
    public string? Reason =>
        IsTwin ? $"by {Source}"
        : Number % 2 == 0 ? null
        : $"stale {Number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Where an event comes from.</summary>
    public string Source => IsTwin || SharesKey ? "/crm" : "/orders";

    public bool IsEvent => Way is Way.StructuredEvent or Way.BinaryEvent;

    public bool IsTimeout => Way is >= Way.Timeout and <= Way.TimeoutDisarmed;

    /// <summary>How many messages about it the queue takes.</summary>
    public int Messages => Twice && (IsEvent || IsPutBack) ? 2 : 1;

    /// <summary>Whether the way in reads the order before it cancels.</summary>
    public bool ReadsFirst => OnlyIfUnpaid || IsTimeout;

    /// <summary>Whether another request about the same order may do to it what this one may not.</summary>
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
        var fate =
            waits ? Fate.Open
            : refused ? Fate.Refused
            : doomed ? Fate.Doomed
            : Fate.Open;
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
            SharesKey = sharesKey && number > 0 && (isEvent || way is Way.Http or Way.HttpAsync or Way.Timeout),
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
