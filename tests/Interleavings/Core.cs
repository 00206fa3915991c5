using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Onramp.Cancellation.ServiceBus;

namespace Onramp.Cancellation.Interleavings;

/// <summary>
/// The complete core over fakes in memory. Each call of a fake yields first, so that the scheduler can let other tasks
/// go on.
/// </summary>
internal sealed class Core : IRowStore, ICancelQueue, IDisposable
{
    private readonly Dictionary<RowKey, StoredRow> _rows = [];
    private readonly IHost _host;
    private long _eTags;
    private long _numbers;

    public Core(ServiceBusClient? client = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["KeyVault:VaultUri"] = FakeVault.Address.ToString(),
                ["Timeouts:Spread"] = "00:00:00",
                ["CancelRequestsQueue"] = "cancel-requests",
                ["CancelResultsTopic"] = "cancel-results",
                ["CancelRecordsSubscription"] = "records",
                ["ServiceBus"] =
                    "Endpoint=sb://model.servicebus.windows.net;SharedAccessKeyName=a;SharedAccessKey=AAAA",
            }
        );
        builder.Services.AddSingleton<TimeProvider>(Time);
        new FakeVault().AddTo(builder.Services);
        if (client is not null)
        {
            builder.Services.AddSingleton(client);
        }

        builder.Services.AddSingleton<IRowStore>(this);
        builder.Services.AddSingleton<ICancelQueue>(this);
        builder.Services.AddOrderCancellation(builder.Configuration);
        builder.Services.AddServiceBus(builder.Configuration);
        _host = builder.Build();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The scheduled messages by their numbers.</summary>
    public ConcurrentDictionary<long, OutboundMessage> Scheduled { get; } = [];

    /// <summary>The timeouts' rows.</summary>
    public IEnumerable<TimeoutRow> Timeouts =>
        _rows
            .Values.Where(static row => row.Key.Table == RowTable.CancelTimeouts)
            .Select(static row => TimeoutRow.Read(row)!);

    public string Destination => "cancel-requests";

    public string FullyQualifiedNamespace => "model.servicebus.windows.net";

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Loads the secrets.</summary>
    public async Task LoadAsync()
    {
        foreach (var service in _host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await service.StartingAsync(CancellationToken.None);
        }
    }

    public async Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return _rows.GetValueOrDefault(key);
    }

    public async Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        return _rows.TryAdd(key, new StoredRow(key, values, $"{++_eTags}"));
    }

    public async Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        if (_rows.GetValueOrDefault(read.Key)?.ETag != read.ETag)
        {
            return false;
        }

        _rows[read.Key] = new StoredRow(read.Key, values, $"{++_eTags}");
        return true;
    }

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task<long> ScheduleAsync(
        OutboundMessage message,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        var number = ++_numbers;
        Scheduled[number] = message;
        return number;
    }

    public async Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        return Scheduled.TryGetValue(sequenceNumber, out var found)
            && isTheOne(found.Properties.ToDictionary())
            && Scheduled.TryRemove(sequenceNumber, out _);
    }

    public void Dispose() => _host.Dispose();
}
