using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Sends each message at once while the broker keeps up; while it has some in hand, those that come meanwhile go
/// together in the next batch, which costs both sides a fraction of sending each by itself. Nobody waits for company,
/// and everybody's call ends when the broker has answered for his own message.
/// </summary>
internal sealed class BatchedSender(ServiceBusSender sender)
{
    /// <summary>Sends at the same time, each of one message or more.</summary>
    public const int MaxSends = 4;

    /// <summary>Messages in a batch; its size in bytes is the broker's to limit.</summary>
    public const int MaxMessages = 100;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _sends;

    /// <summary>Name of the queue or topic.</summary>
    public string EntityPath => sender.EntityPath;

    /// <summary>
    /// Sends a message and waits for the broker's answer. Whoever gives up before its turn has it not sent at all.
    /// </summary>
    /// <exception cref="ServiceBusException">The broker refused the message, or the batch that it was in.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up: the message may have been sent.</exception>
    public Task SendAsync(ServiceBusMessage message, CancellationToken cancellationToken)
    {
        Waiting waiting = new(message, cancellationToken);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_sends == MaxSends)
            {
                return waiting.Task;
            }

            _sends++;
        }

        _ = SendWaitingAsync();
        return waiting.Task;
    }

    private async Task SendWaitingAsync()
    {
        while (Take() is { Count: > 0 } taken)
        {
            await SendAsync(taken);
        }
    }

    /// <summary>Takes those whose turn it is; none, and then this send has ended.</summary>
    private List<Waiting> Take()
    {
        List<Waiting> taken = [];
        lock (_gate)
        {
            while (taken.Count < MaxMessages && _waiting.TryDequeue(out var next))
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

    private async Task SendAsync(List<Waiting> taken)
    {
        if (taken is [var alone])
        {
            await EndAsync(taken, () => sender.SendMessageAsync(alone.Message, alone.CancellationToken));
            return;
        }

        // Ends when nobody waits for it any more.
        using var given = new Given(taken);
        for (var next = 0; next < taken.Count; )
        {
            var first = next;
            var making = MakeAsync(given.Up);
            await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!making.IsCompletedSuccessfully)
            {
                await EndAsync(taken[first..], () => making);
                return;
            }

            using var batch = await making;
            while (next < taken.Count && batch.TryAddMessage(taken[next].Message))
            {
                next++;
            }

            // What is too large for a batch of its own gets the client's own words.
            next = Math.Max(next, first + 1);
            await EndAsync(
                taken[first..next],
                () =>
                    batch.Count > 0
                        ? sender.SendMessagesAsync(batch, given.Up)
                        : sender.SendMessageAsync(taken[first].Message, given.Up)
            );
        }
    }

    // Awaited, so that what a client throws at once is like any other failure.
    private async Task<ServiceBusMessageBatch> MakeAsync(CancellationToken cancellationToken) =>
        await sender.CreateMessageBatchAsync(cancellationToken);

    private static async Task EndAsync(List<Waiting> some, Func<Task> send)
    {
        var sent = CallAsync(send);
        await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        some.ForEach(one => one.End(sent));
    }

    private static async Task CallAsync(Func<Task> send) => await send();

    /// <summary>A message and whoever waits for its being sent.</summary>
    private sealed class Waiting
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _givenUp;

        public Waiting(ServiceBusMessage message, CancellationToken cancellationToken)
        {
            (Message, CancellationToken) = (message, cancellationToken);
            _givenUp = cancellationToken.UnsafeRegister(
                static (ended, token) => ((TaskCompletionSource)ended!).TrySetCanceled(token),
                _ended
            );
        }

        public ServiceBusMessage Message { get; }

        public CancellationToken CancellationToken { get; }

        public Task Task => _ended.Task;

        public void End(Task sent)
        {
            _givenUp.Dispose();
            if (sent.Exception is { } exception)
            {
                _ended.TrySetException(exception.InnerExceptions);
            }
            else if (sent.IsCanceled)
            {
                _ended.TrySetCanceled(CancellationToken);
            }
            else
            {
                _ended.TrySetResult();
            }
        }
    }

    /// <summary>Tells when all of some have given up.</summary>
    private sealed class Given : IDisposable
    {
        private readonly CancellationTokenSource _up = new();
        private readonly List<CancellationTokenRegistration> _registrations = [];
        private int _left;

        public Given(List<Waiting> some)
        {
            _left = some.Count;
            foreach (var one in some)
            {
                _registrations.Add(
                    one.CancellationToken.UnsafeRegister(static given => ((Given)given!).CountDown(), this)
                );
            }
        }

        public CancellationToken Up => _up.Token;

        public void Dispose()
        {
            _registrations.ForEach(static registration => registration.Dispose());
            _up.Dispose();
        }

        private void CountDown()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _up.Cancel();
            }
        }
    }
}
