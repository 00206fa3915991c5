using System.Net;
using System.Text;
using Azure;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnrampFunctions.Triggers;

namespace OnrampFunctions.Tests;

/// <summary>
/// The app as Program.cs puts it together, less the worker's channel: real core, real publisher and queue; the provider, the vault and
/// Service Bus are fakes.
/// </summary>
internal sealed class App : IAsyncDisposable
{
    private readonly IHost _host;

    private App(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["KeyVault:VaultUri"] = "https://kv-test.vault.azure.net/",
            ["ServiceBus:fullyQualifiedNamespace"] = "sb-test.servicebus.windows.net",
            ["CancelRequestsQueue"] = "cancel-requests",
            ["CancelResultsTopic"] = "cancel-results",
            ["Onramp:MaxRetries"] = "0",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value));
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ServiceBusClient>(Bus);
        builder.Services.AddSingleton<SecretClient>(new Vault());
        builder.Services.AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, Provider);
        builder.Services.AddOrderCancellation(builder.Configuration);
        builder.Services.AddOrderApi();
        builder.Services.AddServiceBus(builder.Configuration);
        _host = builder.Build();
    }

    public JumpingClock Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1700000000000));

    public FakeServiceBus Bus { get; } = new();

    public FakeProvider Provider { get; } = new();

    public static async Task<App> StartAsync(params (string Name, string Value)[] settings)
    {
        var app = new App(settings);
        await app._host.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>A function class, made the way the worker makes it.</summary>
    public T Get<T>() => ActivatorUtilities.CreateInstance<T>(_host.Services);

    /// <summary>A request as the worker hands it to a function.</summary>
    public static HttpRequest Request(string method, string? body = null, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Body, context.Response.Body) = (method, new MemoryStream(Encoding.UTF8.GetBytes(body ?? "")), new MemoryStream());
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        return context.Request;
    }

    /// <summary>Calls an HTTP function and executes its answer, as the worker does.</summary>
    public async Task<ApiResponse> SendAsync(Func<OrderRequests, HttpRequest, Task<IResult>> function, HttpRequest request)
        => await ApiResponse.OfAsync(request.HttpContext, await function(Get<OrderRequests>(), request));

    public Task<ApiResponse> DisarmAsync(string timeoutId)
    {
        var request = Request("DELETE");
        request.RouteValues["timeoutId"] = timeoutId;
        return SendAsync(static (functions, request) => functions.DisarmAsync(request), request);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private sealed class Vault : SecretClient
    {
        public override Uri VaultUri => new("https://kv-test.vault.azure.net/");

        public override Task<Response<KeyVaultSecret>> GetSecretAsync(
            string name, string? version = null, SecretContentType? outContentType = null, CancellationToken cancellationToken = default)
            => Task.FromResult(Response.FromValue(new KeyVaultSecret(name, "value-of-" + name), null!));
    }
}

/// <summary>The provider: one answer for cancelOrder, one for getOrder.</summary>
internal sealed class FakeProvider : HttpMessageHandler
{
    public (int Status, string Body) Cancel { get; set; } = (200, """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""");

    public (int Status, string Body) Get { get; set; } = (200, """{"status":1,"code":200,"data":{"orderId":1443,"status":0}}""");

    /// <summary>Throws instead of answering.</summary>
    public Exception? Fault { get; set; }

    public List<HttpRequestMessage> Calls { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls.Add(request);
        if (Fault is not null)
        {
            throw Fault;
        }

        var (status, body) = request.RequestUri!.AbsolutePath.EndsWith("cancelOrder", StringComparison.Ordinal) ? Cancel : Get;
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        if (status == 429)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", "30");
        }

        return Task.FromResult(response);
    }
}
