using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.Tests;

/// <summary>Lines that the Functions host would drop are written to the console, and no line appears twice.</summary>
public sealed class BackgroundConsoleTests
{
    [Fact]
    public void A_warning_about_the_credentials_is_one_line_that_the_host_takes_for_a_warning_and_nothing_else_is_written()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var (standardOutput, standardError) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            using var services = new ServiceCollection()
                .AddLogging(logging => logging.AddBackgroundConsole())
                .BuildServiceProvider();
            var log = services.GetRequiredService<ILoggerFactory>();
            Write(log.CreateLogger<CredentialStore>(), LogLevel.Warning, "kept the old pair");
            Write(log.CreateLogger<CredentialStore>(), LogLevel.Information, "loaded");
            Write(log.CreateLogger<CancelMessageHandler>(), LogLevel.Error, "within an invocation");
        }
        finally
        {
            Console.SetOut(standardOutput);
            Console.SetError(standardError);
        }

        var warning = Assert.Single(Lines(error));
        Assert.Contains("warn", warning, StringComparison.Ordinal);
        Assert.EndsWith("kept the old pair", warning, StringComparison.Ordinal);
        Assert.EndsWith("loaded", Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    private static void Write(ILogger logger, LogLevel level, string text) =>
        logger.Log(level, 0, text, null, static (state, _) => state);

    private static string[] Lines(StringWriter writer) =>
        writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
