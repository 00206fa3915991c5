namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>
/// Processes selected dead letters in batches: stores the replacement of each batch first, and then completes the
/// batch. It can be stopped at any time without losing a message; the next run continues with the rest.
/// </summary>
/// <param name="receiver">The dead-letter queue.</param>
/// <param name="store">Stores the replacements, and returns the numbers of dead letters that cannot be stored.</param>
/// <param name="rate">The maximum number a second.</param>
/// <param name="isOneByOne">Whether to receive single messages, because the client cannot decode some of the
/// queue.</param>
/// <param name="clock">The clock.</param>
internal sealed class DeadLetterProcessor(
    ServiceBusReceiver receiver,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task<IReadOnlyCollection<long>>> store,
    int rate,
    bool isOneByOne,
    TimeProvider clock
)
{
    private const int LargestBatch = 100;

    private static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(1);

    // Longer than the longest lock of Service Bus: a message that is still locked has another active receiver.
    private static readonly TimeSpan MaxLockDuration = TimeSpan.FromMinutes(5.5);

    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(5);

    private readonly HashSet<long> _stored = [];

    private readonly HashSet<long> _refused = [];

    private int _batchSize = isOneByOne ? 1 : LargestBatch;

    // Other messages that were received on the way; abandoned at the end.
    private readonly Dictionary<long, ServiceBusReceivedMessage> _others = [];

    /// <summary>Processes the selected dead letters.</summary>
    /// <returns>The number that was processed, and the number that another receiver took first.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled between two batches; <see cref="Left"/>
    /// has the rest.</exception>
    public async Task<(int Done, int Gone)> RunAsync(
        IReadOnlyCollection<long> chosen,
        IProgressDisplay progress,
        CancellationToken cancellationToken
    )
    {
        HashSet<long> left = [.. chosen];
        Left = left;
        var gone = 0;
        var lastProgress = clock.GetTimestamp();
        try
        {
            while (left.Count > 0)
            {
                var started = clock.GetTimestamp();
                var received = await ReceiveAsync(left.Count, cancellationToken);
                var selected = received.Where(message => left.Contains(message.SequenceNumber)).ToList();
                foreach (var message in received.Where(message => !left.Contains(message.SequenceNumber)))
                {
                    _others[message.SequenceNumber] = message;
                }

                if (selected.Count > 0)
                {
                    await ProcessAsync(selected, left, progress);
                    lastProgress = clock.GetTimestamp();
                    await PaceAsync(selected.Count, started, left.Count, cancellationToken);
                }
                else if (received.Count == 0)
                {
                    gone += await ForgetGoneAsync(left, progress, cancellationToken);
                    Wait(left.Count, lastProgress, progress);
                }
            }

            return (chosen.Count - gone - _refused.Count, gone);
        }
        finally
        {
            await AbandonOthersAsync();
        }
    }

    /// <summary>The numbers of those that are not processed yet.</summary>
    public IReadOnlyCollection<long> Left { get; private set; } = [];

    /// <summary>The numbers of those that cannot be stored; they stay in place.</summary>
    public IReadOnlyCollection<long> Refused => _refused;

    /// <summary>
    /// Receives the next dead letters. If the client cannot decode one of them, it drops the whole batch, which stays
    /// locked for a while. From then on messages are received one by one, so that only the undecodable one is dropped.
    /// </summary>
    private async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(
        int left,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                return await receiver.ReceiveMessagesAsync(
                    Math.Min(Math.Min(_batchSize, rate), left),
                    ReceiveTimeout,
                    cancellationToken
                );
            }
            catch (Exception exception) when (PeekExtensions.IsUndecodable(exception))
            {
                _batchSize = 1;
            }
        }
    }

    /// <summary>
    /// Ignores Ctrl+C, so that a batch that was stored is also completed unless the process is killed.
    /// </summary>
    private async Task ProcessAsync(
        List<ServiceBusReceivedMessage> batch,
        HashSet<long> left,
        IProgressDisplay progress
    )
    {
        // A message whose lock expired before it was completed is received again, and is already stored.
        var fresh = batch.Where(message => !_stored.Contains(message.SequenceNumber)).ToList();
        if (fresh.Count > 0)
        {
            var refused = await store(fresh);
            _stored.UnionWith(fresh.Select(static message => message.SequenceNumber).Except(refused));
            foreach (var message in fresh.Where(message => refused.Contains(message.SequenceNumber)))
            {
                left.Remove(message.SequenceNumber);
                _refused.Add(message.SequenceNumber);
                _others[message.SequenceNumber] = message;
                batch.Remove(message);
            }

            progress.Advance(refused.Count);
        }

        var completed = await Task.WhenAll(batch.Select(TryCompleteAsync));
        foreach (var (message, isCompleted) in batch.Zip(completed))
        {
            if (isCompleted)
            {
                left.Remove(message.SequenceNumber);
            }
        }

        progress.Advance(completed.Count(static isCompleted => isCompleted));
    }

    private async Task<bool> TryCompleteAsync(ServiceBusReceivedMessage message)
    {
        try
        {
            await receiver.CompleteMessageAsync(message, CancellationToken.None);
            return true;
        }
        catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            return false;
        }
    }

    private async Task PaceAsync(int count, long started, int left, CancellationToken cancellationToken)
    {
        var rest = TimeSpan.FromSeconds((double)count / rate) - clock.GetElapsedTime(started);
        if (rest > TimeSpan.Zero && left > 0)
        {
            await Task.Delay(rest, clock, cancellationToken);
        }
    }

    /// <summary>Forgets messages that are no longer there because another receiver took them.</summary>
    private async Task<int> ForgetGoneAsync(
        HashSet<long> left,
        IProgressDisplay progress,
        CancellationToken cancellationToken
    )
    {
        HashSet<long> there = [];
        await foreach (var message in receiver.PeekAllAsync(cancellationToken: cancellationToken))
        {
            there.Add(message.SequenceNumber);
        }

        // Messages that this run has stored count as processed, even if another receiver completed them.
        var done = left.RemoveWhere(number => !there.Contains(number) && _stored.Contains(number));
        var gone = left.RemoveWhere(number => !there.Contains(number));
        if (done + gone > 0)
        {
            progress.Advance(done + gone);
        }

        return gone;
    }

    private void Wait(int left, long lastProgress, IProgressDisplay progress)
    {
        if (left == 0)
        {
            return;
        }

        progress.Wait("locked by an interrupted run or another receiver; waiting up to five minutes");
        if (clock.GetElapsedTime(lastProgress) > MaxLockDuration)
        {
            throw new OperatorException(
                $"Another receiver of the dead-letter queue has locked {TerminalText.Count(left, "dead letter")}. "
                    + "Stop that program, then run the command again."
            );
        }
    }

    private async Task AbandonOthersAsync()
    {
        using CancellationTokenSource limit = new(AbandonTimeout, clock);
        try
        {
            await Task.WhenAll(
                    _others.Values.Select(message =>
                        receiver.AbandonMessageAsync(message, cancellationToken: limit.Token)
                    )
                )
                .WaitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is ServiceBusException or OperationCanceledException)
        {
            // Their locks expire.
        }
    }
}
