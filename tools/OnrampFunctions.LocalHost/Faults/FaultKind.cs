namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// The faults that can be injected. In JSON and in docs/local-host-reference.md the names are in kebab case:
/// <c>answer-lost</c>, <c>http429-retry-after</c>.
/// </summary>
public enum FaultKind
{
    /// <summary>Nothing goes wrong.</summary>
    None = 0,

    /// <summary>Provider: the correct answer, after <see cref="FaultSettings.SlowFor"/>.</summary>
    Slow,

    /// <summary>Provider: no answer until the caller gives up.</summary>
    Hang,

    /// <summary>Provider: the connection is reset before the call takes effect.</summary>
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

    /// <summary>Provider: the order is cancelled (or read), but the JSON of the answer is truncated.</summary>
    CutJson,

    /// <summary>Provider: 200 with an empty body; the call has no effect.</summary>
    EmptyBody,

    /// <summary>Provider: 200 with <c>status</c> 0 and an error; the call has no effect.</summary>
    StatusZero,

    /// <summary>Provider: the order is cancelled (or read), but <c>data</c> is a string.</summary>
    DataString,

    /// <summary>Provider: 417, the order does not exist; the call has no effect.</summary>
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

    /// <summary>Provider: 401, the signature is refused although it is correct.</summary>
    RefusedSignature,

    /// <summary>Provider: 403, the key lacks the product.</summary>
    Forbidden,

    /// <summary>Provider: 401 <c>Ahead of Time</c> although the timestamp is correct.</summary>
    AheadOfTime,

    /// <summary>Provider: 403 with an HTML page of the front proxy.</summary>
    Html403,

    /// <summary>Provider: 417 with an HTML page of a proxy.</summary>
    Html417,

    /// <summary>
    /// Provider: 200 with <c>status</c> 0 and an unknown error text, or none (<see cref="FaultWords.Odd"/>).
    /// </summary>
    OddWords,

    /// <summary>
    /// Provider: 400, its code for an invalid request, with a text about credentials, load or failures
    /// (<see cref="FaultWords.UnderRefusal"/>), as HTTP status or as <c>code</c> inside 200; the call has no effect.
    /// </summary>
    Http400Words,

    /// <summary>
    /// Provider: an error that quotes the key, the signature, the payload as sent or decoded, or the order's hash
    /// (<see cref="QuotedHeaders"/>).
    /// </summary>
    Quote,

    /// <summary>Provider: the correct answer, compressed without being asked to.</summary>
    Gzip,

    /// <summary>Provider: the correct answer after a UTF-8 byte order mark.</summary>
    ByteOrderMark,

    /// <summary>Provider: the correct answer with integers written as <c>1.0</c>.</summary>
    DecimalNumbers,

    /// <summary>Provider: the order is cancelled (or read), but the answer has an undocumented state, -2.</summary>
    OddState,

    /// <summary>Broker: a completed message is delivered again.</summary>
    Redelivery,

    /// <summary>Broker: the lock is lost at once, so that two receivers process the same message.</summary>
    LockLost,

    /// <summary>Broker: a topic rejects an event, as when it is full.</summary>
    PublishRefused,

    /// <summary>Broker: a topic stores an event but reports an error.</summary>
    PublishAnswerLost,

    /// <summary>Broker: a queue rejects a message, as when it is full.</summary>
    ScheduleRefused,

    /// <summary>Broker: a queue stores a message but reports an error.</summary>
    ScheduleAnswerLost,

    /// <summary>
    /// Broker: a client's connection is dropped. A sent message was stored without an answer; a message received over
    /// AMQP can still be settled.
    /// </summary>
    ConnectionDropped,

    /// <summary>Broker: the same for an AMQP client's link alone.</summary>
    LinkDetached,

    /// <summary>Vault: it cannot be reached.</summary>
    VaultDown,

    /// <summary>Vault: it answers after <see cref="FaultSettings.SlowFor"/>.</summary>
    VaultSlow,

    /// <summary>
    /// Vault: it answers 200 with HTML, an empty body, truncated JSON or JSON without a secret, in turn.
    /// </summary>
    VaultNonsense,

    /// <summary>Tables: the operation is refused, as by a busy server.</summary>
    TablesRefused,

    /// <summary>Tables: no answer until the caller gives up; the operation has no effect.</summary>
    TablesHang,

    /// <summary>
    /// Tables: a write has no effect and reports a conflict although the row was not changed.
    /// </summary>
    TablesConflict,

    /// <summary>Tables: a write takes effect but reports an error.</summary>
    TablesAnswerLost,

    /// <summary>
    /// Tables: the operation takes effect after <see cref="FaultSettings.SlowFor"/>, even if its caller has given up.
    /// </summary>
    TablesSlow,
}
