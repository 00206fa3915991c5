using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Onramp.Cancellation.Model.Tests;

/// <summary>
/// The complete core as in a host. Its ports pass every call to the world of the current history. Building it takes
/// longer than many histories, so that one is used for many.
/// </summary>
internal sealed class Rig : IRowStore, ICancelQueue, IOutcomePublisher
{
    private readonly IHost _host;
    private World? _world;

    public Rig()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["KeyVault:VaultUri"] = FakeVault.Address.ToString(),
                ["KeyVault:RefreshInterval"] = "1.00:00:00",
                ["Onramp:MaxRetries"] = "0",
                ["Onramp:CircuitMinimumCalls"] = "10000",
                ["Queue:RetryDelays:0"] = "00:00:05",
                ["Queue:RetryDelays:1"] = "00:00:30",
                ["Queue:GiveUpAfter"] = "00:00:35",
                ["Queue:RetryJitter"] = "0",
                ["Queue:MaxHandlingTime"] = "00:00:02",
                ["Timeouts:Spread"] = "00:00:00",
            }
        );
        builder.Services.AddSingleton<TimeProvider>(Time);
        new FakeVault().AddTo(builder.Services);
        builder.Services.AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, new Provider(this));
        builder.Services.AddSingleton<IRowStore>(this);
        builder.Services.AddSingleton<ICancelQueue>(this);
        builder.Services.AddSingleton<IOutcomePublisher>(this);
        builder.Services.AddOrderCancellation(builder.Configuration);
        _host = builder.Build();
        foreach (var service in _host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            service.StartingAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        Timeouts = _host.Services.GetRequiredService<OrderTimeouts>();
        Messages = _host.Services.GetRequiredService<CancelMessageHandler>();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public OrderTimeouts Timeouts { get; }

    public CancelMessageHandler Messages { get; }

    string ICancelQueue.Destination => "cancel-requests";

    string ICancelQueue.FullyQualifiedNamespace => "model.servicebus.windows.net";

    string IOutcomePublisher.Destination => "cancel-results";

    /// <summary>Runs a history. Whatever an earlier one has left is over by then.</summary>
    public Rules Run(IEnumerable<Step> history, bool explain)
    {
        _world?.Abandon();
        Time.Advance(TimeSpan.FromHours(1));
        _world = new World(this, explain);
        _world.Run(history);
        return _world.Rules;
    }

    Task<StoredRow?> IRowStore.ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        _world!.ReadAsync(key, cancellationToken);

    Task<bool> IRowStore.TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => _world!.WriteAsync(key, eTag: null, values, cancellationToken);

    Task<bool> IRowStore.TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => _world!.WriteAsync(read.Key, read.ETag, values, cancellationToken);

    Task<bool> IRowStore.TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<IReadOnlyList<StoredRow>> IRowStore.QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task ICancelQueue.SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<long> ICancelQueue.ScheduleAsync(
        OutboundMessage message,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    ) => _world!.ScheduleAsync(message, dueAt, cancellationToken);

    Task<bool> ICancelQueue.CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    ) => _world!.TakeBackAsync(sequenceNumber, isTheOne, cancellationToken);

    Task IOutcomePublisher.PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken) =>
        _world!.PublishAsync(outcome, cancellationToken);

    /// <summary>Onramp behind the real client.</summary>
    private sealed class Provider(Rig rig) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            var order = body.Contains(World.OrderIds[0], StringComparison.Ordinal) ? 0 : 1;
            string answer;
            try
            {
                answer = request.RequestUri!.Segments[^1] switch
                {
                    "getOrder" => await rig._world!.GetOrderAsync(order, cancellationToken),
                    "cancelOrder" => await rig._world!.CancelOrderAsync(order, cancellationToken),
                    var other => throw new NotSupportedException(other),
                };
            }
            catch (IOException exception)
            {
                throw new HttpRequestException("Connection reset by peer", exception);
            }

            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(answer, Encoding.UTF8, "application/json"),
            };
        }
    }
}
