namespace OnrampFunctions.Operator.Output;

/// <summary>What scripts are told.</summary>
internal enum ExitCode
{
    /// <summary>Done, all of it.</summary>
    Done = 0,

    /// <summary>Not done, or not all of it; standard error says why and what mends it.</summary>
    Failed = 1,

    /// <summary>
    /// Nothing was tried: the command line is wrong, or what it asks for needs a yes that nobody gave.
    /// </summary>
    Usage = 2,

    /// <summary>Nothing was found that the filters mean; nothing was done.</summary>
    NothingMatched = 3,

    /// <summary>
    /// The reader of standard output went away, as <c>head</c> does; what a shell says of a program that SIGPIPE ends.
    /// </summary>
    OutputClosed = 141,

    /// <summary>Stopped by Ctrl+C; the same command goes on with what is left.</summary>
    Interrupted = 130,
}
