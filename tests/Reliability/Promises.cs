namespace Reliability;

/// <summary>
/// The promises of the service for every request, whatever fails. The texts describe a broken promise.
/// </summary>
public static class Promises
{
    /// <summary>
    /// Every request, and every resubmitted dead letter, ends in an outcome event or in the dead-letter queue, unless
    /// all responses told its caller that it did not.
    /// </summary>
    public const string Lost = "lost: no outcome event, no dead letter, and nobody was told";

    /// <summary>
    /// Outcome, order state and reason agree with the provider's data. A failure makes no false claims.
    /// </summary>
    public const string Untrue = "untrue: an event or an answer contradicts the order";

    /// <summary>
    /// Every request has at most one event with a final outcome, and at most one <c>failed</c> event for each of its
    /// messages. It may have both if a caller repeated the request or the broker redelivered the message. It has at
    /// most one dead letter per message, and one of the copy that waited to publish its outcome.
    /// </summary>
    public const string Doubled = "doubled: two events or dead letters of a kind";

    /// <summary>
    /// Every failure has an event, a failed message is in the dead-letter queue, and every HTTP response with an
    /// outcome has its event.
    /// </summary>
    public const string Silent = "silent: given up or answered without its event or dead letter";

    /// <summary>Every failed message, including resubmitted dead letters, was retried.</summary>
    public const string Hasty = "hasty: given up before the schedule was spent";

    /// <summary>An HTTP caller gets a response within the total budget, with tolerance for a slow machine.</summary>
    public const string Late = "late: an HTTP call without an answer";

    /// <summary>
    /// There is no cancel call for a paid order with a timeout or <c>onlyIfUnpaid</c>, or for an order whose timeout
    /// was disarmed.
    /// </summary>
    public const string Unasked = "unasked: tried to cancel an order that was to be left alone";

    /// <summary>A confirmed timeout can be disarmed until it is due.</summary>
    public const string Misarmed = "misarmed: a timeout that could not be disarmed";

    /// <summary>In the end the record of every deferred request has the outcome of its event.</summary>
    public const string Unrecorded = "unrecorded: the record of a request contradicts its events";

    /// <summary>
    /// Events and responses have the correct request, trigger, reason and status, and ask for a repeat if it can help.
    /// </summary>
    public const string Garbled = "garbled: an event or an answer of the wrong form";

    /// <summary>The queue accepts each delivery of a message once.</summary>
    public const string Copied = "copied: the queue took a delivery of a message twice";

    /// <summary>
    /// For the whole run: no key, secret, signature or payload is in a log line, event, response or exported telemetry,
    /// and an order's hash only in its own field.
    /// </summary>
    public const string Told = "told: a secret in a log line, an event, an answer or exported telemetry";

    /// <summary>For the whole run: values of senders in the service's own properties have no effect.</summary>
    public const string Believed = "believed: a sender's message counted as more than its own request";

    /// <summary>For the whole run: almost no request fails while the provider can return its order's state.</summary>
    public const string Helpless = "helpless: given up although the provider answers";

    /// <summary>
    /// For the whole run: in no second does the provider receive more calls than the budget and its burst.
    /// </summary>
    public const string Hurried = "hurried: more calls in a second than the budget allows";

    /// <summary>For the whole run: the service has no internal errors, and the queue is empty at the end.</summary>
    public const string Broken = "broken: a fault in the program, or work that does not end";

    public static IReadOnlyList<string> All { get; } =
    [
        Lost,
        Untrue,
        Doubled,
        Silent,
        Hasty,
        Late,
        Unasked,
        Misarmed,
        Unrecorded,
        Garbled,
        Copied,
        Told,
        Believed,
        Helpless,
        Hurried,
        Broken,
    ];
}

/// <summary>A broken promise.</summary>
/// <param name="Promise">The promise.</param>
/// <param name="Story">What happened to the request and its order, one line each.</param>
public sealed record Violation(string Promise, IReadOnlyList<string> Story);
