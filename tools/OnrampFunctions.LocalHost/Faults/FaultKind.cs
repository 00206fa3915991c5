namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// What can be made to go wrong. In JSON and in docs/local-host.md the names are in kebab case: <c>answer-lost</c>,
/// <c>http429-retry-after</c>.
/// </summary>
public enum FaultKind
{
    /// <summary>Nothing goes wrong.</summary>
    None = 0,

    /// <summary>Provider: the right answer, after <see cref="FaultSettings.SlowFor"/>.</summary>
    Slow,

    /// <summary>Provider: no answer until the caller gives up.</summary>
    Hang,

    /// <summary>Provider: the connection is reset before anything happened.</summary>
    Reset,

    /// <summary>Provider: the order is cancelled (or read), then the connection is reset.</summary>
    AnswerLost,

    /// <summary>Provider: 429 without <c>Retry-After</c>.</summary>
    Http429,

    /// <summary>Provider: 429 with <c>Retry-After</c>.</summary>
    Http429RetryAfter,

    /// <summary>Provider: 500 with a JSON error.</summary>
    Http500,

    /// <summary>Provider: 503 with a JSON error.</summary>
    Http503,

    /// <summary>Provider: 502 with an HTML page of the front proxy.</summary>
    Html502,

    /// <summary>Provider: the order is cancelled (or read), but the answer's JSON ends in the middle.</summary>
    CutJson,

    /// <summary>Provider: 200 with an empty body; nothing happened.</summary>
    EmptyBody,

    /// <summary>Provider: 200 with <c>status</c> 0 and an error; nothing happened.</summary>
    StatusZero,

    /// <summary>Provider: the order is cancelled (or read), but <c>data</c> is a string.</summary>
    DataString,

    /// <summary>Provider: 417, the order does not exist (any more); nothing happened.</summary>
    Http417,

    /// <summary>Provider: 400, the request's format is invalid.</summary>
    Http400,

    /// <summary>Provider: 406, the coin is missing or unsupported.</summary>
    Http406,

    /// <summary>Provider: 409, a parameter has the wrong type.</summary>
    Http409,

    /// <summary>Provider: 413, the volume is out of bounds.</summary>
    Http413,

    /// <summary>Provider: 416, the balance is insufficient.</summary>
    Http416,

    /// <summary>Provider: 428, the price is irregular.</summary>
    Http428,

    /// <summary>Provider: 401, the signature is refused although it is right.</summary>
    RefusedSignature,

    /// <summary>Provider: 403, the key lacks the product.</summary>
    Forbidden,

    /// <summary>Provider: 401 <c>Ahead of Time</c> although the timestamp is right.</summary>
    AheadOfTime,

    /// <summary>Provider: 403 with an HTML page of the front proxy.</summary>
    Html403,

    /// <summary>Provider: 417 with an HTML page of a proxy.</summary>
    Html417,

    /// <summary>
    /// Provider: 200 with <c>status</c> 0 and words that it has never been seen to use, or no words at all
    /// (<see cref="FaultWords.Odd"/>).
    /// </summary>
    OddWords,

    /// <summary>
    /// Provider: 400, its code for a wrong request, with words about credentials, load or trouble
    /// (<see cref="FaultWords.UnderRefusal"/>), as HTTP status or as <c>code</c> inside 200; nothing happened.
    /// </summary>
    Http400Words,

    /// <summary>
    /// Provider: an error that quotes the key, the signature, the payload as sent or decoded, or the order's hash
    /// (<see cref="QuotedHeaders"/>).
    /// </summary>
    Quote,

    /// <summary>Provider: the right answer, compressed though nobody asked for that.</summary>
    Gzip,

    /// <summary>Provider: the right answer after a UTF-8 byte order mark.</summary>
    ByteOrderMark,

    /// <summary>Provider: the right answer with whole numbers written as <c>1.0</c>.</summary>
    DecimalNumbers,

    /// <summary>
    /// Provider: the order is cancelled (or read), but the answer tells a state that is not documented, -2.
    /// </summary>
    OddState,

    /// <summary>Broker: a completed message is delivered once more.</summary>
    Redelivery,

    /// <summary>Broker: the lock is lost at once, so that two receivers work on the same message.</summary>
    LockLost,

    /// <summary>Broker: a topic refuses an event, as when it is full.</summary>
    PublishRefused,

    /// <summary>Broker: a topic takes an event, but its publisher is told of an error.</summary>
    PublishAnswerLost,

    /// <summary>Broker: a queue refuses a message, as when it is full.</summary>
    ScheduleRefused,

    /// <summary>Broker: a queue takes a message, but its sender is told of an error.</summary>
    ScheduleAnswerLost,

    /// <summary>
    /// Broker: a client's connection is dropped: the message that it sent was taken and is not answered, the one that
    /// it received over AMQP can still be settled.
    /// </summary>
    ConnectionDropped,

    /// <summary>Broker: the same for an AMQP client's link alone.</summary>
    LinkDetached,

    /// <summary>Vault: it cannot be reached.</summary>
    VaultDown,

    /// <summary>Vault: it answers after <see cref="FaultSettings.SlowFor"/>.</summary>
    VaultSlow,

    /// <summary>
    /// Vault: it answers 200 with HTML, with nothing, with cut JSON or with JSON that is no secret, in turn.
    /// </summary>
    VaultNonsense,
}
