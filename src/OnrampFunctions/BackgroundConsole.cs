using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Onramp.Cancellation.Signing;

namespace OnrampFunctions;

/// <summary>Passes what is logged while no function runs to the Functions host's log.</summary>
public static class BackgroundConsole
{
    /// <summary>
    /// Also writes the log of the credentials to the console; they are read at start and on a schedule. The Functions
    /// host drops log entries from outside of invocations, but keeps every line of the console, and a line of standard
    /// error that contains "warn" becomes a warning. Everything else is logged within invocations and would appear
    /// twice.
    /// </summary>
    public static ILoggingBuilder AddBackgroundConsole(this ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(static format => format.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(static console =>
            console.LogToStandardErrorThreshold = LogLevel.Warning
        );
        return logging
            .AddFilter<ConsoleLoggerProvider>(null, LogLevel.None)
            .AddFilter<ConsoleLoggerProvider>(typeof(CredentialStore).FullName, LogLevel.Information);
    }
}
