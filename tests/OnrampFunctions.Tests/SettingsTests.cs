using Microsoft.Extensions.Options;

namespace OnrampFunctions.Tests;

/// <summary>
/// Invalid settings of Service Bus or the tables stop the start with messages that say what to set and do not quote
/// keys.
/// </summary>
public sealed class SettingsTests
{
    private const string Key = "SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=cGFzc3dvcmQ=";
    private const string Endpoint = "Endpoint=sb://sb-test.servicebus.windows.net/";

    [Theory]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "", "Set exactly one of ServiceBus__fullyQualifiedNamespace")]
    [InlineData("ServiceBus", $"{Endpoint};{Key}", "Set exactly one of ServiceBus__fullyQualifiedNamespace")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "https://sb-test.servicebus.windows.net", "without a scheme")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "sb://sb-test.servicebus.windows.net", "without a scheme")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "sb-test.servicebus.windows.net/", "without a scheme")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "sb-test.servicebus.windows.net:5671", "without a scheme")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "sb-test", "the full host name")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "sb test.servicebus.windows.net", "the full host name")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "<namespace>.servicebus.windows.net", "the full host name")]
    [InlineData("CancelRequestsQueue", "", "CancelRequestsQueue is missing")]
    [InlineData("CancelRequestsQueue", "cancel requests", "CancelRequestsQueue must be the name")]
    [InlineData("CancelRequestsQueue", "%CancelRequestsQueue%", "CancelRequestsQueue must be the name")]
    [InlineData("CancelRequestsQueue", "cancel-requests/$DeadLetterQueue", "CancelRequestsQueue must be the name")]
    [InlineData("CancelRequestsQueue", "cancel-requests\n", "CancelRequestsQueue must be the name")]
    [InlineData("CancelResultsTopic", "", "CancelResultsTopic is missing")]
    [InlineData("CancelResultsTopic", "/cancel-results", "CancelResultsTopic must be the name")]
    [InlineData("CancelResultsTopic", "Cancel-Requests", "must differ")]
    [InlineData("CancelRecordsSubscription", "", "CancelRecordsSubscription is missing")]
    [InlineData("CancelRecordsSubscription", "re cords", "CancelRecordsSubscription must be the name")]
    [InlineData("CancelRecordsSubscription", "records/$DeadLetterQueue", "CancelRecordsSubscription must be the name")]
    [InlineData("CancelRecordsSubscription", "records-", "CancelRecordsSubscription must be the name")]
    [InlineData("CancelRecordsSubscription", "r12345678901234567890123456789012345678901234567890", "up to 50 letters")]
    public Task Cannot_start_with_a_bad_setting_and_names_it(string name, string value, string expected) =>
        AssertRefusedAsync(expected, (name, value));

    /// <summary>
    /// Values that <c>ServiceBusClient</c> 7.21.0 rejects when it is created or asked for a sender. Without validation
    /// they would fail at the first request.
    /// </summary>
    [Theory]
    [InlineData("garbage", "ServiceBus is not a valid Service Bus connection string")]
    [InlineData("sb-test.servicebus.windows.net", "ServiceBus is not a valid Service Bus connection string")]
    [InlineData("Endpoint=", "ServiceBus is not a valid Service Bus connection string")]
    [InlineData($"Endpoint=sb://sb test/;{Key}", "ServiceBus is not a valid Service Bus connection string")]
    [InlineData($"{Endpoint};SharedAccessSignature=garbage", "ServiceBus is not a valid Service Bus connection string")]
    [InlineData(Key, "ServiceBus has no Endpoint")]
    [InlineData($"\"{Endpoint};{Key}\"", "ServiceBus has no Endpoint")]
    [InlineData(
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=cGFzc3dvcmQ=;EndpointSuffix=core.windows.net",
        "ServiceBus has no Endpoint"
    )]
    [InlineData(Endpoint, "must have SharedAccessKeyName and SharedAccessKey")]
    [InlineData($"{Endpoint};UseDevelopmentEmulator=true", "the emulator needs a key too")]
    [InlineData(
        $"{Endpoint};SharedAccessKeyName=RootManageSharedAccessKey",
        "must have SharedAccessKeyName and SharedAccessKey"
    )]
    [InlineData($"{Endpoint};SharedAccessKey=cGFzc3dvcmQ=", "must have SharedAccessKeyName and SharedAccessKey")]
    [InlineData(
        $"{Endpoint};SharedAccesKeyName=a;SharedAccessKey=cGFzc3dvcmQ=",
        "must have SharedAccessKeyName and SharedAccessKey"
    )]
    [InlineData($"{Endpoint};{Key};SharedAccessSignature=SharedAccessSignature sr=a", "but not both")]
    [InlineData($"{Endpoint};{Key};EntityPath=cancel-requests", "must not have an EntityPath")]
    [InlineData($"{Endpoint};{Key};EntityPath=other", "must not have an EntityPath")]
    public async Task Cannot_start_with_a_bad_connection_string_and_does_not_quote_it(
        string connectionString,
        string expected
    )
    {
        var message = await AssertRefusedAsync(
            expected,
            ("ServiceBus:fullyQualifiedNamespace", ""),
            ("ServiceBus", connectionString)
        );
        Assert.DoesNotContain("cGFzc3dvcmQ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("garbage", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{Endpoint};{Key}")]
    [InlineData($"{Endpoint};{Key};")]
    [InlineData($"Endpoint=sb://localhost:5672;{Key};UseDevelopmentEmulator=true;")]
    public async Task Can_start_with_the_connection_string_of_a_namespace_or_the_emulator(string connectionString) =>
        await (
            await App.StartAsync(("ServiceBus:fullyQualifiedNamespace", ""), ("ServiceBus", connectionString))
        ).DisposeAsync();

    [Theory]
    [InlineData("AzureWebJobsStorage", "", "Set AzureWebJobsStorage__tableServiceUri")]
    [InlineData("AzureWebJobsStorage:tableServiceUri", "st.table.core.windows.net", "must be the https address")]
    [InlineData("AzureWebJobsStorage:tableServiceUri", "http://st.table.core.windows.net", "must be the https address")]
    [InlineData("AzureWebJobsStorage:tableServiceUri", "https://st.table.core.windows.net/?sig=a", "without a query")]
    [InlineData("Records:TableServiceUri", "https://a:b@st.table.core.windows.net", "Records__TableServiceUri must be")]
    [InlineData("Records:TableServiceUri", "stexample", "Records__TableServiceUri must be")]
    public Task Cannot_start_without_the_address_of_tables_and_names_the_setting(
        string name,
        string value,
        string expected
    ) => AssertRefusedAsync(expected, (name, value));

    /// <summary>Values that <c>TableServiceClient</c> 12.13.0 rejects when it is created.</summary>
    [Theory]
    [InlineData("garbage")]
    [InlineData("UseDevelopmentStorage=false")]
    [InlineData("https://st.table.core.windows.net")]
    [InlineData("AccountName=a;AccountKey=cGFzc3dvcmQ=garbage")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;EndpointSuffix=core.windows.net")]
    [InlineData("BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=cGFzc3dvcmQ=")]
    [InlineData($"{Endpoint};{Key}")]
    public async Task Cannot_start_with_a_bad_connection_string_of_tables_and_does_not_quote_it(string connectionString)
    {
        foreach (var name in new[] { "AzureWebJobsStorage", "Records:ConnectionString" })
        {
            var expected = $"{name.Replace(":", "__")} is not a valid connection string";
            var message = await AssertRefusedAsync(expected, (name, connectionString));
            Assert.DoesNotContain("cGFzc3dvcmQ", message, StringComparison.Ordinal);
            Assert.DoesNotContain("garbage", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("AzureWebJobsStorage:tableServiceUri", "https://st.table.core.windows.net")]
    [InlineData("AzureWebJobsStorage:tableServiceUri", "https://127.0.0.1:10002/devstoreaccount1")]
    [InlineData("Records:TableServiceUri", "https://st.table.core.windows.net/")]
    [InlineData("Records:ConnectionString", "UseDevelopmentStorage=true")]
    [InlineData(
        "AzureWebJobsStorage",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=cGFzc3dvcmQ=;EndpointSuffix=core.windows.net"
    )]
    public async Task Can_start_with_an_account_by_address_or_connection_string(string name, string value)
    {
        Dictionary<string, string> settings = new() { ["AzureWebJobsStorage"] = "" };
        settings[name] = value;
        await (
            await App.StartAsync([.. settings.Select(static setting => (setting.Key, setting.Value))])
        ).DisposeAsync();
    }

    private static async Task<string> AssertRefusedAsync(string expected, params (string Name, string Value)[] settings)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => App.StartAsync(settings));
        Assert.Contains(expected, Assert.Single(refused.Failures), StringComparison.Ordinal);
        return refused.Message;
    }
}
