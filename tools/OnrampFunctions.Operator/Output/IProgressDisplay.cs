namespace OnrampFunctions.Operator.Output;

/// <summary>Shows the progress of an operation.</summary>
internal interface IProgressDisplay
{
    /// <summary>Adds to the number that is done.</summary>
    void Advance(int count);

    /// <summary>Shows why the operation is waiting; null if it is not.</summary>
    void Wait(string? reason);
}

/// <summary>A progress bar in a terminal.</summary>
internal sealed class ProgressBarDisplay(ProgressTask task, string what, int total) : IProgressDisplay
{
    private string? _waiting;

    public void Advance(int count)
    {
        task.Increment(count);
        _waiting = null;
        Describe();
    }

    public void Wait(string? reason)
    {
        _waiting = reason;
        Describe();
    }

    private void Describe() =>
        task.Description = Markup.Escape(
            _waiting is null
                ? $"{what}, {total - (int)task.Value} left"
                : $"{what}, {total - (int)task.Value} left: {_waiting}"
        );
}

/// <summary>A line every few seconds, for a log.</summary>
internal sealed class ProgressLines(IAnsiConsole console, TimeProvider clock, string what, int total) : IProgressDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _last = clock.GetTimestamp();
    private int _done;
    private string? _waiting;

    public void Advance(int count)
    {
        _done += count;
        _waiting = null;
        if (clock.GetElapsedTime(_last) >= Pause)
        {
            _last = clock.GetTimestamp();
            console.WriteLine($"{what}: {_done} done, {total - _done} left");
        }
    }

    public void Wait(string? reason)
    {
        if (reason is not null && reason != _waiting)
        {
            console.WriteLine($"{what}: {_done} done, {total - _done} left: {reason}");
        }

        _waiting = reason;
    }
}
