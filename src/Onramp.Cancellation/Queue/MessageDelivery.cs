using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>One delivery of one message: as it came, as it was read, and since when it is being handled.</summary>
/// <param name="Message">As it came.</param>
/// <param name="Read">As it was read; it has a request.</param>
/// <param name="Started">A timestamp of the monotonic clock.</param>
internal readonly record struct MessageDelivery(InboundMessage Message, MessageReading Read, long Started)
{
    public CancelRequest Request => Read.Request!;
}
