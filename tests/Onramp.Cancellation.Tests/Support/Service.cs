using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>The complete core as in a host, with fakes for provider, vault, topic, queue and time.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly Lazy<Task<PublishedDocuments>> Documents = new(static async () =>
    {
        await using var service = await StartAsync();
        return await PublishedDocuments.ReadAsync(new ContractTests.Level(service, service.AnswerAsync));
    });

    private readonly IHost _host;
    private bool _started;

    private Service(JumpingClock time, Dictionary<string, string?> settings, Action<IServiceCollection>? own)
    {
        Time = time;
        Provider = new ScriptedProvider(time);
        (Topic, Queue, Rows) = (new RecordingTopic(time), new RecordingQueue(time), new FakeRows(time));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["KeyVault:VaultUri"] = FakeVault.Address.ToString() }
        );
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log);
        builder.Services.AddSingleton<TimeProvider>(time);
        own?.Invoke(builder.Services);
        Vault.AddTo(builder.Services);
        builder.Services.TryAddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, Provider);
        builder.Services.TryAddSingleton<IOutcomePublisher>(Topic);
        builder.Services.TryAddSingleton<ICancelQueue>(Queue);
        builder.Services.TryAddSingleton<IRowStore>(Rows);
        builder.Services.AddOrderCancellation(builder.Configuration);
        builder.Services.AddOrderApi();
        _host = builder.Build();
    }

    public JumpingClock Time { get; }

    public ScriptedProvider Provider { get; }

    public FakeVault Vault { get; } = new();

    public RecordingTopic Topic { get; }

    public RecordingQueue Queue { get; }

    public FakeRows Rows { get; }

    public RecordingLog Log { get; } = new();

    public static async Task<Service> StartAsync(params (string Name, string Value)[] settings)
    {
        var service = Create(settings);
        await service.StartAsync();
        return service;
    }

    public async Task StartAsync()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken);
        _started = true;
    }

    public static Service Create(params (string Name, string Value)[] settings) => Create(own: null, settings);

    /// <param name="own">Registers replacements for fakes.</param>
    /// <param name="settings">Settings in the form of environment variables.</param>
    public static Service Create(Action<IServiceCollection>? own, params (string Name, string Value)[] settings)
        // The time of the signature vectors.
        =>
        new(
            new JumpingClock(DateTimeOffset.FromUnixTimeMilliseconds(1700000000000)),
            settings.ToDictionary(
                setting => setting.Name.Replace("__", ":", StringComparison.Ordinal),
                string? (setting) => setting.Value
            ),
            own
        );

    public Task<int> RunToExitCodeAsync() => _host.RunToExitCodeAsync();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Advances the time by one refresh interval and waits until the refresh has taken effect.</summary>
    public void Refresh(Func<bool> until)
    {
        Time.Advance(TimeSpan.FromMinutes(30));
        Assert.True(SpinWait.SpinUntil(until, TimeSpan.FromSeconds(20)), "The refresh has not had its effect.");
    }

    public Task<CancelOutcome> CancelAsync(
        bool onlyIfUnpaid = false,
        string orderId = "1443",
        CancellationToken? token = null
    ) =>
        Get<OrderCanceller>()
            .CancelAsync(
                new CancelRequest
                {
                    RequestId = "request-1",
                    Order = OrderReference.FromOrderId(orderId),
                    OnlyIfUnpaid = onlyIfUnpaid,
                    Trigger = CancelTrigger.Http,
                    RequestedAt = Time.GetUtcNow(),
                },
                token ?? TestContext.Current.CancellationToken
            )
            .AsTask();

    public Task<ApiResponse> PostAsync(string body, Func<ApiRequest, ApiRequest>? with = null) =>
        SendAsync(ApiRoute.CancelOrder, Request(body, with));

    public Task<ApiResponse> ArmAsync(string body, string order) => ArmAsync(body, with: null, order);

    public Task<ApiResponse> ArmAsync(string body, Func<ApiRequest, ApiRequest>? with = null, string order = "1443") =>
        SendAsync(ApiRoute.OrderTimeout, Request(body, with) with { Method = "PUT", Order = order });

    public Task<ApiResponse> DisarmAsync(string order = "1443") => TimeoutAsync("DELETE", order);

    public Task<ApiResponse> ShowAsync(string order = "1443") => TimeoutAsync("GET", order);

    private Task<ApiResponse> TimeoutAsync(string method, string order) =>
        SendAsync(
            ApiRoute.OrderTimeout,
            new ApiRequest
            {
                Method = method,
                Body = Stream.Null,
                Order = order,
            }
        );

    /// <summary>The contracts, read once.</summary>
    public static Task<PublishedDocuments> DocumentsAsync() => Documents.Value;

    /// <summary>
    /// Sends a request as a web server would hand it over. Fails if the OpenAPI document does not describe the answer.
    /// </summary>
    public async Task<ContractAnswer> SendAsync(ContractRequest request)
    {
        var answer = await AnswerAsync(request);
        (await DocumentsAsync()).AssertDescribes(request, answer);
        return answer;
    }

    /// <inheritdoc cref="SendAsync(ContractRequest)"/>
    public async Task<ApiResponse> SendAsync(ApiRoute route, ApiRequest request)
    {
        var response = await ApiResponse.OfAsync(Get<OrderApi>(), route, request);
        if (request.Method != "HEAD")
        {
            var described = new ContractRequest { Method = request.Method, Path = $"/{ApiRoute.Prefix}/{route.Path}" };
            (await DocumentsAsync()).AssertDescribes(described, response.ToContract());
        }

        return response;
    }

    private async Task<ContractAnswer> AnswerAsync(ContractRequest request)
    {
        var context = request.ToContext();
        var route = ApiRoute.All.Single(route =>
            new TemplateMatcher(TemplateParser.Parse($"{ApiRoute.Prefix}/{route.Path}"), []).TryMatch(
                request.Path,
                context.Request.RouteValues
            )
        );
        return (await ApiResponse.OfAsync(context, await Get<OrderApi>().AnswerAsync(route, context))).ToContract();
    }

    public Task<Settlement> HandleAsync(
        string body,
        string? contentType = null,
        string? messageId = "message-1",
        params (string Name, object Value)[] properties
    ) =>
        HandleAsync(
            new InboundMessage
            {
                MessageId = messageId,
                ContentType = contentType,
                Body = Encoding.UTF8.GetBytes(body),
                Properties = properties.ToDictionary(property => property.Name, property => property.Value),
                SequenceNumber = 7,
                EnqueuedTime = Time.GetUtcNow(),
            }
        );

    /// <summary>Lets the recorder read the events of the topic, from one of them on.</summary>
    public async Task RecordAsync(int from = 0)
    {
        foreach (var sent in Topic.Events.Skip(from).ToList())
        {
            Assert.True(
                await Get<OutcomeRecorder>()
                    .TryRecordAsync(QueueTests.Deliver(sent), TestContext.Current.CancellationToken)
            );
        }
    }

    public Task<Settlement> HandleAsync(InboundMessage message) =>
        Get<CancelMessageHandler>().HandleAsync(message, TestContext.Current.CancellationToken);

    /// <summary>Delivers the alarm that was scheduled last.</summary>
    public Task<Settlement> RingAsync() => HandleAsync(QueueTests.Deliver(Queue.Scheduled.Last().Value.Message));

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        _host.Dispose();
    }

    public static JsonElement Json(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    private static ApiRequest Request(string body, Func<ApiRequest, ApiRequest>? with)
    {
        var request = new ApiRequest
        {
            Method = "POST",
            ContentType = "application/json",
            Body = new MemoryStream(Encoding.UTF8.GetBytes(body)),
        };
        return with?.Invoke(request) ?? request;
    }
}
