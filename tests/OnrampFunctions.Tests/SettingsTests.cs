using Microsoft.Extensions.Options;

namespace OnrampFunctions.Tests;

/// <summary>Missing Service Bus settings end the start with sentences that say what to set.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "", "Set exactly one of ServiceBus__fullyQualifiedNamespace")]
    [InlineData("ServiceBus", "Endpoint=sb://localhost", "Set exactly one of ServiceBus__fullyQualifiedNamespace")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "https://sb-test.servicebus.windows.net", "must be a host name without a scheme")]
    [InlineData("CancelRequestsQueue", "", "CancelRequestsQueue is missing")]
    [InlineData("CancelResultsTopic", "", "CancelResultsTopic is missing")]
    public async Task A_bad_setting_is_named_with_what_to_do(string name, string value, string expected)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => App.StartAsync((name, value)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }
}
