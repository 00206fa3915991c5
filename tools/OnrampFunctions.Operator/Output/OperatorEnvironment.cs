namespace OnrampFunctions.Operator.Output;

/// <summary>Everything around the tool: the time, where it writes, whom it can ask.</summary>
public sealed record OperatorEnvironment
{
    /// <summary>The time. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where progress, questions and errors go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>
    /// Whether results go to a person's terminal: only there are colours, borders and tables that move. Default false.
    /// </summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>The same of progress and errors. Default false.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Asks a person who can say yes or no; null where nobody is.</summary>
    public Func<string, bool>? Ask { get; init; }

    /// <summary>A variable of the environment. Default none.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Stands in for the network to the namespace's administration; null for the network.</summary>
    public HttpMessageHandler? Administration { get; init; }

    /// <summary>What a program in a terminal, or in a pipe, has around it.</summary>
    public static OperatorEnvironment OfProcess() =>
        new()
        {
            Out = GuardedOutput.Results,
            Error = GuardedOutput.Notes,
            IsOutTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Ask = Console.IsInputRedirected || Console.IsErrorRedirected ? null : AskPerson,
            Variable = Environment.GetEnvironmentVariable,
        };

    private static bool AskPerson(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes" or "YES";
    }
}
