using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>Runs a host so that a fault of its configuration ends in a sentence for the operator.</summary>
public static class HostRunner
{
    /// <summary>Runs the host until it is stopped.</summary>
    /// <returns>0 after an orderly end; 1 when the service could not start, with the reason and the mend on standard error.</returns>
    public static async Task<int> RunToExitCodeAsync(this IHost host)
    {
        try
        {
            await host.RunAsync();
            return 0;
        }
        catch (Exception exception) when (Explain(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    /// <summary>What to tell the operator; null for a fault in the program, which keeps its stack trace.</summary>
    private static string? Explain(Exception exception) => exception switch
    {
        CredentialsUnavailableException => exception.Message,
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures.Select(WithoutTypeName)),
        // What the configuration binder throws names the setting and the value's type.
        InvalidOperationException when exception.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) => exception.Message,
        AggregateException { InnerExceptions.Count: > 0 } several => string.Join(Environment.NewLine, several.InnerExceptions.Select(inner => Explain(inner) ?? inner.Message)),
        _ => null,
    };

    /// <summary>Generated validators put "Type.Member: " before a message that names the setting itself.</summary>
    private static string WithoutTypeName(string failure)
        => failure.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at && !failure[..at].Contains("__", StringComparison.Ordinal) && !failure[..at].Contains(' ', StringComparison.Ordinal)
            ? failure[(at + 2)..]
            : failure;
}
