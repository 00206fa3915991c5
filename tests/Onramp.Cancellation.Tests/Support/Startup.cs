using Microsoft.Extensions.Hosting;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Runs a service that cannot start, and keeps its messages to the operator. Its users belong to the collection of the
/// console.
/// </summary>
internal static class Startup
{
    /// <summary>The lines on standard error, without the prefix for the Functions host.</summary>
    public static async Task<string[]> FailAsync(Service service)
    {
        var standardError = Console.Error;
        await using var captured = new StringWriter();

        // If it starts unexpectedly, it exits immediately with 0.
        var lifetime = service.Get<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        Console.SetError(captured);
        try
        {
            Assert.Equal(1, await service.RunToExitCodeAsync());
        }
        finally
        {
            Console.SetError(standardError);
        }

        var lines = captured.ToString().TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
        return [.. lines.Select(line => line["error: ".Length..])];
    }

    /// <summary>Checks that there is one sentence that names the vault and the secret.</summary>
    public static async Task<string> FailForSecretAsync(Service service)
    {
        var line = Assert.Single(await FailAsync(service));
        Assert.Contains("secret 'onramp-api-", line, StringComparison.Ordinal);
        Assert.Matches("Key Vault https://[^/ ]+/: ", line);
        return line;
    }
}
