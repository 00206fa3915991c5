namespace Reliability;

/// <summary>How a request arrives, and what happens to its order meanwhile.</summary>
public enum Way
{
    Http,
    HttpAsync,
    Message,
    StructuredEvent,
    BinaryEvent,
    Timeout,
    TimeoutPaidBefore,
    TimeoutPaidWhenDue,
    TimeoutDisarmed,
    MalformedMessage,
}
