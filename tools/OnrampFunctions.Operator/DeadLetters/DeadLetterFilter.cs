namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>Selects dead letters.</summary>
internal sealed class DeadLetterFilter(DeadLetterSettings settings, DateTimeOffset now)
{
    private readonly HashSet<long> _numbers = [.. settings.Numbers];
    private readonly TimeSpan? _olderThan = DurationText.Read("--older-than", settings.OlderThan);
    private readonly TimeSpan? _newerThan = DurationText.Read("--newer-than", settings.NewerThan);

    /// <summary>Whether a reason or sequence numbers are specified.</summary>
    public bool IsNamed => settings.Reasons.Length > 0 || _numbers.Count > 0;

    /// <summary>Whether there are dead letters that the client cannot decode.</summary>
    public bool HasUnreadable { get; private set; }

    /// <summary>The message if none matches.</summary>
    public string None(string queue) =>
        IsNamed || (settings.OlderThan ?? settings.NewerThan ?? settings.Order ?? settings.Caller) is not null
            ? $"No matching dead letters in {queue}."
            : $"There are no dead letters in {queue}.";

    public bool Matches(DeadLetter letter) =>
        (_numbers.Count == 0 || _numbers.Contains(letter.Number))
        && (settings.Reasons.Length == 0 || settings.Reasons.Contains(letter.Reason, StringComparer.OrdinalIgnoreCase))
        && (_olderThan is not { } older || now - letter.EnqueuedAt > older)
        && (_newerThan is not { } newer || now - letter.EnqueuedAt <= newer)
        && (settings.Order is null || settings.Order == letter.Order?.Value)
        && (settings.Caller is null || settings.Caller == letter.Caller);

    /// <summary>
    /// Searches the whole dead-letter queue, and returns the oldest first. Sequence numbers have that order only within
    /// a partition.
    /// </summary>
    public async Task<List<DeadLetter>> FindAsync(
        ServiceBusReceiver receiver,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        List<DeadLetter> found = [];
        List<UnreadableNumbers> unreadable = [];
        await foreach (
            var message in receiver.PeekAllAsync(unreadable: unreadable, cancellationToken: cancellationToken)
        )
        {
            var letter = DeadLetter.Read(message);
            if (Matches(letter))
            {
                found.Add(letter);
            }
        }

        HasUnreadable = unreadable.Count > 0;
        screen.NoteUnreadable(unreadable);
        return [.. found.OrderBy(static letter => letter.EnqueuedAt).ThenBy(static letter => letter.Number)];
    }
}
