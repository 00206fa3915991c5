using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Sends messages in batches under load. Up to <see cref="MaxSends"/> sends run concurrently, each message at once; the
/// messages that arrive meanwhile share the next batch, which costs both sides a fraction of separate sends. A message
/// is never delayed to fill a batch, and each call ends when the broker has confirmed its own message.
/// </summary>
internal sealed class BatchedSender(ServiceBusSender sender)
{
    /// <summary>The maximum number of concurrent sends, each of one or more messages.</summary>
    public const int MaxSends = 4;

    /// <summary>The maximum number of messages in a batch; the broker limits its size in bytes.</summary>
    public const int MaxMessages = 100;

    // Not a Lock: Coyote, which tests the interleavings, controls only locks of objects.
    private readonly object _gate = new();
    private readonly Queue<PendingMessage> _pending = new();
    private int _sends;

    /// <summary>The name of the queue or topic.</summary>
    public string EntityPath => sender.EntityPath;

    /// <summary>
    /// Sends a message and waits until the broker confirms it. A message that is cancelled while it waits is not sent.
    /// </summary>
    /// <exception cref="ServiceBusException">The broker rejected the message, or the batch that contained
    /// it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the message may have been
    /// sent.</exception>
    public Task SendAsync(ServiceBusMessage message, CancellationToken cancellationToken)
    {
        PendingMessage pending = new(message, cancellationToken);
        lock (_gate)
        {
            _pending.Enqueue(pending);
            if (_sends == MaxSends)
            {
                return pending.Task;
            }

            _sends++;
        }

        _ = SendPendingAsync();
        return pending.Task;
    }

    private async Task SendPendingAsync()
    {
        while (Take() is { Count: > 0 } taken)
        {
            await SendAsync(taken);
        }
    }

    /// <summary>Takes the next messages; an empty list ends this send.</summary>
    private List<PendingMessage> Take()
    {
        List<PendingMessage> taken = [];
        lock (_gate)
        {
            while (taken.Count < MaxMessages && _pending.TryDequeue(out var next))
            {
                if (!next.Task.IsCompleted)
                {
                    taken.Add(next);
                }
            }

            if (taken.Count == 0)
            {
                _sends--;
            }
        }

        return taken;
    }

    private async Task SendAsync(List<PendingMessage> taken)
    {
        if (taken is [var single])
        {
            await CompleteAsync(taken, () => sender.SendMessageAsync(single.Message, single.CancellationToken));
            return;
        }

        using CancelledByAll cancelled = new(taken);
        for (var next = 0; next < taken.Count; )
        {
            var first = next;
            var creating = CreateBatchAsync(cancelled.Token);
            try
            {
                await creating;
            }
            catch (Exception)
            {
                await CompleteAsync(taken[first..], () => creating);
                return;
            }

            using var batch = await creating;
            while (next < taken.Count && batch.TryAddMessage(taken[next].Message))
            {
                next++;
            }

            // A message that does not fit into a batch of its own is sent alone, and gets the client's own error.
            next = Math.Max(next, first + 1);
            await CompleteAsync(
                taken[first..next],
                () =>
                    batch.Count > 0
                        ? sender.SendMessagesAsync(batch, cancelled.Token)
                        : sender.SendMessageAsync(taken[first].Message, cancelled.Token)
            );
        }
    }

    // Async, so that an exception which the client throws synchronously is handled like any other.
    private async Task<ServiceBusMessageBatch> CreateBatchAsync(CancellationToken cancellationToken) =>
        await sender.CreateMessageBatchAsync(cancellationToken);

    private static async Task CompleteAsync(List<PendingMessage> messages, Func<Task> send)
    {
        var sent = CallAsync(send);
        try
        {
            await sent;
        }
        catch (Exception)
        {
            // Each caller gets it.
        }

        messages.ForEach(message => message.Complete(sent));
    }

    private static async Task CallAsync(Func<Task> send) => await send();

    /// <summary>A message and the task of its caller.</summary>
    private sealed class PendingMessage
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _onCancelled;

        public PendingMessage(ServiceBusMessage message, CancellationToken cancellationToken)
        {
            (Message, CancellationToken) = (message, cancellationToken);
            _onCancelled = cancellationToken.UnsafeRegister(
                static (completed, token) => ((TaskCompletionSource)completed!).TrySetCanceled(token),
                _completed
            );
        }

        public ServiceBusMessage Message { get; }

        public CancellationToken CancellationToken { get; }

        public Task Task => _completed.Task;

        public void Complete(Task sent)
        {
            _onCancelled.Dispose();
            if (sent.Exception is { } exception)
            {
                _completed.TrySetException(exception.InnerExceptions);
            }
            else if (sent.IsCanceled)
            {
                _completed.TrySetCanceled(CancellationToken);
            }
            else
            {
                _completed.TrySetResult();
            }
        }
    }

    /// <summary>A token that is cancelled when the tokens of all messages of a batch are.</summary>
    private sealed class CancelledByAll : IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private readonly List<CancellationTokenRegistration> _registrations = [];
        private int _left;

        public CancelledByAll(List<PendingMessage> messages)
        {
            _left = messages.Count;
            foreach (var message in messages)
            {
                _registrations.Add(
                    message.CancellationToken.UnsafeRegister(static all => ((CancelledByAll)all!).CountDown(), this)
                );
            }
        }

        public CancellationToken Token => _source.Token;

        public void Dispose()
        {
            _registrations.ForEach(static registration => registration.Dispose());
            _source.Dispose();
        }

        private void CountDown()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _source.Cancel();
            }
        }
    }
}
