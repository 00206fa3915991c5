using Microsoft.Azure.Amqp;

namespace ServiceBusEmulator.Amqp;

/// <summary>Extends links with a cancellation token.</summary>
internal static class LinkExtensions
{
    /// <summary>A token that is cancelled when either side closes the link.</summary>
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
