using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Amqp;

/// <summary>The links of one connection on which its client receives responses.</summary>
internal sealed class ResponseLinks
{
    private readonly Lock _gate = new();
    private readonly List<SendingAmqpLink> _links = [];
    private long _lastTag;

    public SendingAmqpLink Open(AmqpSession session, AmqpLinkSettings settings)
    {
        SendingAmqpLink link = new(session, settings);
        lock (_gate)
        {
            _links.Add(link);
        }

        link.Closed += (_, _) =>
        {
            lock (_gate)
            {
                _links.Remove(link);
            }
        };
        return link;
    }

    /// <summary>Sends a response to the address that the request names; drops it when there is no such link.</summary>
    /// <param name="replyTo">The target address of the response link, as in the .NET client, or its name, as in the
    /// JavaScript client.</param>
    /// <param name="response">The response.</param>
    public void Send(string? replyTo, AmqpMessage response)
    {
        SendingAmqpLink? link;
        lock (_gate)
        {
            link =
                _links.Find(candidate => TargetOf(candidate) == replyTo)
                ?? _links.Find(candidate => candidate.Name == replyTo);
        }

        try
        {
            link?.SendMessageNoWait(
                response,
                BitConverter.GetBytes(Interlocked.Increment(ref _lastTag)),
                AmqpConstants.NullBinary
            );
        }
        catch (Exception exception) when (link!.IsClosing() && exception is not OutOfMemoryException)
        {
            // The client has disconnected meanwhile.
        }
    }

    private static string? TargetOf(SendingAmqpLink link) => (link.Settings.Target as Target)?.Address?.ToString();
}
