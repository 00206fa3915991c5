namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>
/// Takes chosen dead letters off their queue, a batch at a time: stores what shall come of them elsewhere first, and
/// completes them after. Whoever stops it at any moment loses nothing; whoever runs it again goes on with what is left.
/// </summary>
/// <param name="receiver">The dead-letter queue.</param>
/// <param name="store">Stores what shall come of them, and returns the numbers of those that cannot be stored.</param>
/// <param name="rate">How many a second, at most.</param>
/// <param name="isOneByOne">Whether to receive them one by one, because the client cannot decode some of the
/// others.</param>
/// <param name="clock">The time.</param>
internal sealed class DeadLetterProcessor(
    ServiceBusReceiver receiver,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task<IReadOnlyCollection<long>>> store,
    int rate,
    bool isOneByOne,
    TimeProvider clock
)
{
    private const int LargestBatch = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Longer than the longest lock of Service Bus: whoever held one has let go of it, or somebody is at work there.
    private static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(5.5);

    private static readonly TimeSpan GivingBackLimit = TimeSpan.FromSeconds(5);

    private readonly HashSet<long> _stored = [];

    private readonly HashSet<long> _refused = [];

    private int _batchSize = isOneByOne ? 1 : LargestBatch;

    // Locked so that others behind them can be received; given back in the end.
    private readonly Dictionary<long, ServiceBusReceivedMessage> _notMeant = [];

    /// <summary>Takes them all.</summary>
    /// <returns>How many were done, and how many somebody else took.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, between two batches; <see cref="Left"/>
    /// says how many are left.</exception>
    public async Task<(int Done, int Gone)> RunAsync(
        IReadOnlyCollection<long> chosen,
        IProgressDisplay steps,
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
                var meant = received.Where(message => left.Contains(message.SequenceNumber)).ToList();
                foreach (var message in received.Where(message => !left.Contains(message.SequenceNumber)))
                {
                    _notMeant[message.SequenceNumber] = message;
                }

                if (meant.Count > 0)
                {
                    await TakeAsync(meant, left, steps);
                    lastProgress = clock.GetTimestamp();
                    await PaceAsync(meant.Count, started, left.Count, cancellationToken);
                }
                else if (received.Count == 0)
                {
                    gone += await ForgetGoneAsync(left, steps, cancellationToken);
                    Wait(left.Count, lastProgress, steps);
                }
            }

            return (chosen.Count - gone - _refused.Count, gone);
        }
        finally
        {
            await GiveBackAsync();
        }
    }

    /// <summary>Those that are not done yet.</summary>
    public IReadOnlyCollection<long> Left { get; private set; } = [];

    /// <summary>Those that cannot be stored; they stay where they are.</summary>
    public IReadOnlyCollection<long> Refused => _refused;

    /// <summary>
    /// The next dead letters. When the client cannot decode one of them, it drops them all, and they stay locked for a
    /// while; from then on they are received one by one, so that only the undecodable one is dropped.
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
                    Patience,
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
    /// Heeds no Ctrl+C: a batch is stored and completed, so that only a process that is killed leaves one in between.
    /// </summary>
    private async Task TakeAsync(List<ServiceBusReceivedMessage> batch, HashSet<long> left, IProgressDisplay steps)
    {
        // One whose lock ended between storing and completing comes again: it is stored already.
        var fresh = batch.Where(message => !_stored.Contains(message.SequenceNumber)).ToList();
        if (fresh.Count > 0)
        {
            var refused = await store(fresh);
            _stored.UnionWith(fresh.Select(static message => message.SequenceNumber).Except(refused));
            foreach (var message in fresh.Where(message => refused.Contains(message.SequenceNumber)))
            {
                left.Remove(message.SequenceNumber);
                _refused.Add(message.SequenceNumber);
                _notMeant[message.SequenceNumber] = message;
                batch.Remove(message);
            }

            steps.Advance(refused.Count);
        }

        var completed = await Task.WhenAll(batch.Select(TryCompleteAsync));
        foreach (var (message, isCompleted) in batch.Zip(completed))
        {
            if (isCompleted)
            {
                left.Remove(message.SequenceNumber);
            }
        }

        steps.Advance(completed.Count(static isCompleted => isCompleted));
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

    /// <summary>Some may be left that never come: somebody else has taken them.</summary>
    private async Task<int> ForgetGoneAsync(
        HashSet<long> left,
        IProgressDisplay steps,
        CancellationToken cancellationToken
    )
    {
        HashSet<long> there = [];
        await foreach (var message in receiver.PeekAllAsync(cancellationToken: cancellationToken))
        {
            there.Add(message.SequenceNumber);
        }

        // What this process has stored is done, whoever completed it.
        var done = left.RemoveWhere(number => !there.Contains(number) && _stored.Contains(number));
        var gone = left.RemoveWhere(number => !there.Contains(number));
        if (done + gone > 0)
        {
            steps.Advance(done + gone);
        }

        return gone;
    }

    private void Wait(int left, long lastProgress, IProgressDisplay steps)
    {
        if (left == 0)
        {
            return;
        }

        steps.Wait("locked by a run that was interrupted, or by somebody else; they come within five minutes");
        if (clock.GetElapsedTime(lastProgress) > LongestLock)
        {
            throw new OperatorException(
                $"{left} dead letters are held by somebody else who receives from the dead-letter queue: stop that program, then run the same command again."
            );
        }
    }

    private async Task GiveBackAsync()
    {
        using CancellationTokenSource limit = new(GivingBackLimit, clock);
        try
        {
            await Task.WhenAll(
                    _notMeant.Values.Select(message =>
                        receiver.AbandonMessageAsync(message, cancellationToken: limit.Token)
                    )
                )
                .WaitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is ServiceBusException or OperationCanceledException)
        {
            // Their locks end by themselves.
        }
    }
}
