namespace OnrampFunctions.Operator.Output;

/// <summary>The environment of the tool: clock, output, confirmation and variables.</summary>
public sealed record OperatorEnvironment
{
    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The output for results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>The output for progress, questions and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>
    /// Whether results go to a terminal, which gets colours, borders and live tables. Default false.
    /// </summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Whether progress and errors go to a terminal. Default false.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Asks the user for confirmation; null if there is no user.</summary>
    public Func<string, bool>? Ask { get; init; }

    /// <summary>Returns an environment variable. Default: none is set.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Replaces the network to the administration of the namespace; null for the network.</summary>
    public HttpMessageHandler? Administration { get; init; }

    /// <summary>Replaces the network to the tables; null for the network.</summary>
    public HttpMessageHandler? Tables { get; init; }

    /// <summary>The environment of this process.</summary>
    public static OperatorEnvironment OfProcess() =>
        new()
        {
            Out = GuardedOutput.Results,
            Error = GuardedOutput.Notes,
            IsOutTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Ask = Console.IsInputRedirected || Console.IsErrorRedirected ? null : AskUser,
            Variable = Environment.GetEnvironmentVariable,
        };

    private static bool AskUser(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes" or "YES";
    }
}
