namespace OnrampFunctions.Operator.Output;

/// <summary>The exit codes, for scripts.</summary>
internal enum ExitCode
{
    /// <summary>Everything was done.</summary>
    Done = 0,

    /// <summary>Not everything was done; standard error says why and what to do.</summary>
    Failed = 1,

    /// <summary>
    /// Nothing was attempted: the command line is invalid, or the command was not confirmed.
    /// </summary>
    Usage = 2,

    /// <summary>Nothing matches the filters; nothing was done.</summary>
    NothingMatched = 3,

    /// <summary>The requests were sent, but the outcome of at least one is not known yet.</summary>
    StillWaiting = 4,

    /// <summary>
    /// The reader of standard output closed it, as <c>head</c> does; the exit code of a program that SIGPIPE ends.
    /// </summary>
    OutputClosed = 141,

    /// <summary>Stopped by Ctrl+C; run the command again to continue.</summary>
    Interrupted = 130,
}
