using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Secrets;

namespace Onramp.Cancellation.Hosting;

/// <summary>Runs a host so that a fault of its configuration ends in a sentence for the operator.</summary>
public static class HostRunner
{
    /// <summary>
    /// The exit code of a start that a stop request ended: that of a program that SIGTERM has ended (128 + 15), so that
    /// nothing takes it for one that has done its work.
    /// </summary>
    public const int StoppedAtStart = 143;

    /// <summary>Runs the host until it is stopped.</summary>
    /// <returns> 0 after an orderly end; 1 when the service could not start, with the reason and what to do on standard
    /// error; <see cref="StoppedAtStart"/> when it was asked to stop before it had started. </returns>
    public static async Task<int> RunToExitCodeAsync(this IHost host)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            // Before the hosted services are made, each of which would end the start at the first bad section it needs.
            host.Services.GetService<IStartupValidator>()?.Validate();

            // Needs both ports: one that no broker was added for ends the start here, not the first request.
            host.Services.GetService<CancelMessageHandler>();
            await host.RunAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped on request, before the start was complete.");
            return StoppedAtStart;
        }
        catch (Exception exception) when (Explain(exception) is { } sentence)
        {
            // The Functions host reads standard error line by line and takes for errors those that say so.
            foreach (var line in sentence.Split(Environment.NewLine).Distinct())
            {
                await Console.Error.WriteLineAsync($"error: {line}");
            }

            return 1;
        }
    }

    /// <summary>What to tell the operator; null for a fault in the program, which keeps its stack trace.</summary>
    private static string? Explain(Exception exception) =>
        exception switch
        {
            CredentialsUnavailableException => exception.Message,
            OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
            AggregateException { InnerExceptions.Count: > 0 } several => string.Join(
                Environment.NewLine,
                several.InnerExceptions.Select(inner => Explain(inner) ?? inner.Message)
            ),
            _ => null,
        };
}
