using System.Text;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Tests;

namespace OnrampFunctions.Tests;

/// <summary>
/// The app as Program.cs builds it, without the channel to the host: real core, publisher and queue, with a fake
/// provider, vault and Service Bus.
/// </summary>
internal sealed class App : IAsyncDisposable
{
    private readonly IHost _host;

    private App(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["KeyVault:VaultUri"] = "https://kv-test.vault.azure.net/",
                ["ServiceBus:fullyQualifiedNamespace"] = "sb-test.servicebus.windows.net",
                ["CancelRequestsQueue"] = "cancel-requests",
                ["CancelResultsTopic"] = "cancel-results",
                ["CancelRecordsSubscription"] = "records",
                ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
                ["Onramp:MaxRetries"] = "0",
            }
        );
        builder.Configuration.AddInMemoryCollection(
            settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)
        );
        Provider = new ScriptedProvider(Time) { Otherwise = Answers.Cancelled };
        builder.Logging.AddProvider(Log);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ServiceBusClient>(Bus);
        builder.Services.AddSingleton<IRowStore>(new FakeRows(Time));
        new FakeVault().AddTo(builder.Services);
        builder.Services.AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, Provider);
        builder.Services.AddOrderCancellation(builder.Configuration);
        builder.Services.AddOrderApi();
        builder.Services.AddServiceBus(builder.Configuration);
        builder.Services.AddTables(builder.Configuration);
        _host = builder.Build();
    }

    public JumpingClock Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1700000000000));

    public FakeServiceBus Bus { get; } = new();

    public RecordingLog Log { get; } = new();

    public ScriptedProvider Provider { get; }

    public static async Task<App> StartAsync(params (string Name, string Value)[] settings)
    {
        var app = new App(settings);
        await app._host.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>What a host disposes when it stops.</summary>
    public WorkInProgress Work => _host.Services.GetRequiredService<WorkInProgress>();

    /// <summary>A function class, created as the worker does.</summary>
    public T Get<T>() => ActivatorUtilities.CreateInstance<T>(_host.Services);

    /// <summary>A request as a function receives it from the worker.</summary>
    public static HttpRequest Request(string method, string body = "", params (string Name, string Value)[] headers) =>
        new ContractRequest
        {
            Method = method,
            ContentType = null,
            Body = Encoding.UTF8.GetBytes(body),
            Headers = headers,
        }
            .ToContext()
            .Request;

    /// <summary>Calls an HTTP function and executes its result, as the worker does.</summary>
    public async Task<ApiResponse> SendAsync(
        Func<OrderRequests, HttpRequest, Task<IResult>> function,
        HttpRequest request
    ) => await ApiResponse.OfAsync(request.HttpContext, await function(Get<OrderRequests>(), request));

    /// <summary>Sends a request about the timeout of order 1443.</summary>
    public Task<ApiResponse> TimeoutAsync(HttpRequest request)
    {
        request.RouteValues["order"] = "1443";
        return SendAsync(static (functions, request) => functions.TimeoutAsync(request), request);
    }

    /// <summary>A message as the function receives it from the worker.</summary>
    public static ServiceBusReceivedMessage Message(
        string body = """{"orderId":"1443"}""",
        Dictionary<string, object>? properties = null,
        string messageId = "message-1"
    ) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: BinaryData.FromString(body),
            messageId: messageId,
            correlationId: "correlation-1",
            contentType: "application/json",
            properties: properties,
            deliveryCount: 1,
            sequenceNumber: 7,
            enqueuedTime: DateTimeOffset.FromUnixTimeMilliseconds(1700000000000)
        );

    /// <summary>Calls the Service Bus function and returns how it settled the message.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(ServiceBusReceivedMessage message, FakeActions? actions = null)
    {
        actions ??= new FakeActions();
        await Get<OrderMessages>().RunAsync(message, actions);
        return actions.Settled;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
