namespace Reliability;

/// <summary>
/// What the service promises about every request, whatever goes wrong; the words say how a promise is broken.
/// </summary>
public static class Promises
{
    /// <summary>
    /// Each ends in an outcome event or in the dead-letter queue, unless its caller was told to the end that it did
    /// not; a dead letter that is put back too.
    /// </summary>
    public const string Lost = "lost: no outcome event, no dead letter, and nobody was told";

    /// <summary>
    /// Outcome, order state and reason are what the provider's own memory says; a failure claims nothing that is not
    /// so.
    /// </summary>
    public const string Untrue = "untrue: an event or an answer contradicts the order";

    /// <summary>
    /// Each has at most one event with a final outcome, and at most one <c>failed</c> event for each of its messages. A
    /// failure may stand beside a final outcome when a caller repeated the request or the broker the delivery. It has
    /// one dead letter a message at most, and another of the copy that waited to publish its end.
    /// </summary>
    public const string Doubled = "doubled: two events or dead letters of a kind";

    /// <summary>
    /// Who gave up said so on the topic, a failed message is in the dead-letter queue, and an HTTP answer has its
    /// event.
    /// </summary>
    public const string Silent = "silent: given up or answered without its event or dead letter";

    /// <summary>What is given up has had every delivery of its schedule, a dead letter that was put back too.</summary>
    public const string Hasty = "hasty: given up before the schedule was spent";

    /// <summary>An HTTP caller is answered within the service's total budget, with room for a slow machine.</summary>
    public const string Late = "late: an HTTP call without an answer";

    /// <summary>
    /// A paid order that a timeout or <c>onlyIfUnpaid</c> found is not even tried to cancel, nor is one whose timeout
    /// was taken back.
    /// </summary>
    public const string Unasked = "unasked: tried to cancel an order that was to be left alone";

    /// <summary>One key arms one timeout, every answer names it, and until it fires it can be taken back.</summary>
    public const string Misarmed = "misarmed: two timeouts under one key, or one not to be disarmed";

    /// <summary>
    /// Events and answers name the request, its trigger, its reason and the right status, and ask to be repeated when
    /// that helps.
    /// </summary>
    public const string Garbled = "garbled: an event or an answer of the wrong form";

    /// <summary>The queue takes each delivery of a message once.</summary>
    public const string Copied = "copied: the queue took a delivery of a message twice";

    /// <summary>
    /// Of the whole run: neither key nor secret nor signature nor payload is in a log line, an event, an answer or
    /// exported telemetry; an order's hash only where it has its own field.
    /// </summary>
    public const string Told = "told: a secret in a log line, an event, an answer or exported telemetry";

    /// <summary>Of the whole run: nothing that a sender wrote into the service's own properties counts.</summary>
    public const string Believed = "believed: a sender's message counted as more than its own request";

    /// <summary>
    /// Of the whole run: as good as no request is given up while the provider can tell its order's state.
    /// </summary>
    public const string Helpless = "helpless: given up although the provider answers";

    /// <summary>Of the whole run: the service has no faults of its own, and the queue is empty in the end.</summary>
    public const string Broken = "broken: a fault in the program, or work that does not end";

    public static IReadOnlyList<string> All { get; } =
    [Lost, Untrue, Doubled, Silent, Hasty, Late, Unasked, Misarmed, Garbled, Copied, Told, Believed, Helpless, Broken];
}

/// <summary>A promise that was broken.</summary>
/// <param name="Promise">Which one.</param>
/// <param name="Story">How: the request, its order and what happened to them, a line each.</param>
public sealed record Violation(string Promise, IReadOnlyList<string> Story);
