using System.Runtime.CompilerServices;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Answers a drain (AMQP 1.0 part 2, section 2.6.7): the credit is used up, and a flow with the drain flag reports it.
/// Clients such as rhea wait for the flag. The library never sets it on a sender's flow and keeps both counters
/// private, so this class accesses its fields.
/// </summary>
internal static class LinkDrain
{
    /// <summary>Uses up the remaining credit and reports it. Nothing may be sent on the link meanwhile.</summary>
    public static void UseUpCredit(SendingAmqpLink link)
    {
        uint count;
        lock (SyncRoot(link))
        {
            count = unchecked(DeliveryCount(link).Value + Credit(link));
            DeliveryCount(link) = new SequenceNumber(count);
            Credit(link) = 0;
        }

        if (link.State is AmqpObjectState.Opened or AmqpObjectState.OpenSent or AmqpObjectState.OpenReceived)
        {
            link.Session.SendFlow(
                new Flow
                {
                    Handle = link.LocalHandle,
                    LinkCredit = 0,
                    DeliveryCount = count,
                    Available = link.Available,
                    Drain = true,
                }
            );
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "syncRoot")]
    private static extern ref object SyncRoot(AmqpLink link);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "linkCredit")]
    private static extern ref uint Credit(AmqpLink link);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "deliveryCount")]
    private static extern ref SequenceNumber DeliveryCount(AmqpLink link);
}
