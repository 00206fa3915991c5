using Microsoft.Azure.Amqp;

namespace ServiceBusEmulator.Amqp;

/// <summary>When a link ends.</summary>
internal static class LinkExtensions
{
    /// <summary>A token that is cancelled when the link is closed, by whomever.</summary>
    public static CancellationToken WhenClosed(this AmqpLink link)
    {
        CancellationTokenSource closed = new();
        link.Closed += (_, _) =>
        {
            closed.Cancel();
            closed.Dispose();
        };
        return closed.Token;
    }
}
