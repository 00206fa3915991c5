using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Onramp.Cancellation.Signing;

namespace OnrampFunctions;

/// <summary>A way to the Functions host's log for what is logged while no function runs.</summary>
public static class BackgroundConsole
{
    /// <summary>
    /// Writes the log of the credentials, which are read at start and on a schedule, to the console too. The Functions
    /// host drops a log entry that comes from the worker outside of an invocation, but takes each line of the console:
    /// a line of standard error with "warn" in it as a warning. Everything else is logged within an invocation and
    /// would appear twice.
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
