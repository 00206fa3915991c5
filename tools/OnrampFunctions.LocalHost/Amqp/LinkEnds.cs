using Microsoft.Azure.Amqp;

namespace OnrampFunctions.LocalHost.Amqp;

/// <summary>When a link ends.</summary>
internal static class LinkEnds
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
