using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A client's session. It limits what links take, and answers a drain as the protocol says, which the library does not.
/// </summary>
internal sealed class ClientSession(AmqpConnection connection, AmqpSessionSettings settings, ClientConnection client)
    : AmqpSession(connection, settings, client)
{
    // Of a link that is being detached: nothing more of its message is kept.
    private const int Dropped = -1;

    /// <summary>Bytes of messages that have begun and not ended, by the handles of their links.</summary>
    private readonly Dictionary<uint, int> _unfinished = [];

    public override void ProcessFrame(Frame frame)
    {
        switch (frame.Command)
        {
            case Attach when !client.TryCountLink():
                throw AmqpErrors.TooMuch($"{AmqpLimits.MaxLinks} links");
            case Attach { Handle: > AmqpLimits.MaxHandle } attach:
                throw new AmqpException(
                    AmqpErrorCode.FramingError,
                    $"Handle {attach.Handle} is above the session's handle-max, {AmqpLimits.MaxHandle}."
                );
            case Detach { Handle: { } handle }:
                Forget(handle);
                break;
            case Transfer { Handle: { } handle } transfer when IsBeyondLimit(handle, transfer, frame.Payload.Count):
                return;
        }

        base.ProcessFrame(frame);
    }

    /// <summary>Stops counting the session's unfinished messages.</summary>
    public void ForgetAll()
    {
        lock (_unfinished)
        {
            foreach (var handle in _unfinished.Keys.ToArray())
            {
                Forget(handle);
            }
        }
    }

    protected override void OnReceiveFlow(Flow flow)
    {
        if (
            flow is not { Drain: true, Handle: { } handle }
            || !LinksByRemoteHandle.TryGetObject(handle, out var found)
            || found is not SendingAmqpLink link
        )
        {
            base.OnReceiveFlow(flow);
            return;
        }

        // The library would answer without saying that this is the answer to a drain.
        flow.Drain = null;
        flow.Echo = null;
        base.OnReceiveFlow(flow);
        client.Drain(link);
    }

    /// <summary>
    /// Whether a transfer is dropped because its message is above the size that the link advertises and has not ended
    /// yet. The link is then detached. A message that ends with the frame in which it becomes too large is rejected
    /// alone.
    /// </summary>
    private bool IsBeyondLimit(uint handle, Transfer transfer, int bytes)
    {
        if (!LinksByRemoteHandle.TryGetObject(handle, out var link))
        {
            return false;
        }

        lock (_unfinished)
        {
            var before = _unfinished.GetValueOrDefault(handle);
            if (before == Dropped)
            {
                return true;
            }

            if (transfer.More is not true)
            {
                Forget(handle);
                return false;
            }

            if (before + bytes > BrokerLimits.MaxMessageBytes)
            {
                // Never inside the library's own callbacks: it would wait for itself.
                _ = Task.Run(() => link.SafeClose(AmqpErrors.TooLarge(before + bytes)));
                Forget(handle);
                _unfinished[handle] = Dropped;
                return true;
            }

            client.CountUnfinished(bytes);
            _unfinished[handle] = before + bytes;
            return false;
        }
    }

    private void Forget(uint handle)
    {
        lock (_unfinished)
        {
            if (_unfinished.Remove(handle, out var size) && size != Dropped)
            {
                client.CountUnfinished(-size);
            }
        }
    }
}
