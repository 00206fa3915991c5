using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.Tests;

/// <summary>The Functions host gets the service log, and only warnings and errors of everything else.</summary>
public sealed class HostLogFilterTests
{
    [Theory]
    // Worker.Extensions.Rpc: two lines for each settled message
    [InlineData("System.Net.Http.HttpClient.SettlementClient.LogicalHandler")]
    [InlineData("System.Net.Http.HttpClient.SettlementClient.ClientHandler")] // two more
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Microsoft.AspNetCore.Routing.EndpointMiddleware")]
    [InlineData("Grpc.Net.Client.Internal.GrpcCall")]
    [InlineData("Azure.Core")]
    public void Other_peoples_information_is_dropped_and_their_warnings_are_kept(string category) =>
        Assert.Equal((false, true), Enabled(category));

    [Theory]
    [InlineData("Onramp.Cancellation.Outcomes.OutcomeReporter")]
    [InlineData("OnrampFunctions.Triggers.OrderMessages")]
    public void The_service_speaks_from_information_on(string category) =>
        Assert.Equal((true, true), Enabled(category));

    private static (bool Information, bool Warning) Enabled(string category)
    {
        using var services = new ServiceCollection()
            .AddLogging(static logging => logging.AddHostLogFilter().AddConsole())
            .BuildServiceProvider();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        return (logger.IsEnabled(LogLevel.Information), logger.IsEnabled(LogLevel.Warning));
    }
}
