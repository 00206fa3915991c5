using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Secrets;

namespace Onramp.Cancellation.Hosting;

/// <summary>Runs a host so that a configuration error ends with a sentence for the operator.</summary>
public static class HostRunner
{
    /// <summary>
    /// The exit code after a stop request during the start: that of a program ended by SIGTERM (128 + 15), so that it
    /// is not mistaken for a finished run.
    /// </summary>
    public const int StoppedAtStart = 143;

    /// <summary>Runs the host until it is stopped.</summary>
    /// <returns>0 after an orderly stop. 1 when the service could not start; standard error then has the reason and
    /// what to do. <see cref="StoppedAtStart"/> when it was asked to stop before it had started.</returns>
    public static async Task<int> RunToExitCodeAsync(this IHost host)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            // Options are validated before the hosted services are created: each of these would end the start at the
            // first invalid section that it needs.
            host.Services.GetService<IStartupValidator>()?.Validate();

            // Needs both ports. A missing broker ends the start here instead of failing the first request.
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
            // The Functions host reads standard error line by line and treats lines with this prefix as errors.
            foreach (var line in sentence.Split(Environment.NewLine).Distinct())
            {
                await Console.Error.WriteLineAsync($"error: {line}");
            }

            return 1;
        }
    }

    /// <summary>The message for the operator; null for a bug in the program, which keeps its stack trace.</summary>
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
