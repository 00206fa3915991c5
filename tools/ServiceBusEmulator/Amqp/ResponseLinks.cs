using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Amqp;

/// <summary>The links of one connection on which its client wants answers.</summary>
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

    /// <summary>Sends an answer to where the request wants it; one that nobody can get is dropped.</summary>
    /// <param name="replyTo">The response link's target address, as the .NET client has it, or the link's name, as the
    /// JavaScript client has it.</param>
    /// <param name="response">The answer.</param>
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
            // The client has gone meanwhile.
        }
    }

    private static string? TargetOf(SendingAmqpLink link) => (link.Settings.Target as Target)?.Address?.ToString();
}
