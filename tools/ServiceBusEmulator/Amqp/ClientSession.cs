using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// The session of a client. It limits incomplete messages, and answers a drain as the protocol requires, which the
/// library does not.
/// </summary>
internal sealed class ClientSession(AmqpConnection connection, AmqpSessionSettings settings, ClientConnection client)
    : AmqpSession(connection, settings, client)
{
    // Marks a link that is being detached: the rest of its message is dropped.
    private const int Dropped = -1;

    /// <summary>Bytes of incomplete messages, by link handle.</summary>
    private readonly Dictionary<uint, int> _incomplete = [];

    public override void ProcessFrame(Frame frame)
    {
        switch (frame.Command)
        {
            case Attach when !client.TryCountLink():
                throw AmqpErrors.LimitExceeded($"{AmqpLimits.MaxLinks} links");
            case Attach { Handle: > AmqpLimits.MaxHandle } attach:
                throw new AmqpException(
                    AmqpErrorCode.FramingError,
                    $"Handle {attach.Handle} is above the session's handle-max, {AmqpLimits.MaxHandle}."
                );
            case Detach { Handle: { } handle }:
                Forget(handle);
                break;
            case Transfer { Handle: { } handle } transfer when ExceedsLimit(handle, transfer, frame.Payload.Count):
                return;
        }

        base.ProcessFrame(frame);
    }

    /// <summary>Stops counting the incomplete messages of the session.</summary>
    public void ForgetAll()
    {
        lock (_incomplete)
        {
            foreach (var handle in _incomplete.Keys.ToArray())
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

        // The library would answer without the drain flag.
        flow.Drain = null;
        flow.Echo = null;
        base.OnReceiveFlow(flow);
        client.Drain(link);
    }

    /// <summary>
    /// Returns whether a transfer is dropped because its incomplete message already exceeds the maximum size; the link
    /// is then detached. A message that is complete when it exceeds the size is only rejected.
    /// </summary>
    private bool ExceedsLimit(uint handle, Transfer transfer, int bytes)
    {
        if (!LinksByRemoteHandle.TryGetObject(handle, out var link))
        {
            return false;
        }

        lock (_incomplete)
        {
            var before = _incomplete.GetValueOrDefault(handle);
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
                // Not within the library's callbacks, where it would deadlock.
                _ = Task.Run(() => link.SafeClose(AmqpErrors.TooLarge(before + bytes)));
                Forget(handle);
                _incomplete[handle] = Dropped;
                return true;
            }

            client.CountIncomplete(bytes);
            _incomplete[handle] = before + bytes;
            return false;
        }
    }

    private void Forget(uint handle)
    {
        lock (_incomplete)
        {
            if (_incomplete.Remove(handle, out var size) && size != Dropped)
            {
                client.CountIncomplete(-size);
            }
        }
    }
}
