using System.Collections.Frozen;
using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The faults of <c>/simulator/faults</c> reach the broker, for the queue or the topic.</summary>
public sealed class BrokerFaultTests : IAsyncLifetime
{
    private const string Queue = "cancel-requests";
    private const string Topic = "cancel-results";

    private RunningHost _host = null!;

    /// <summary>The fault, where, the status of sending there (0 for none), and whether the message arrives.</summary>
    public static TheoryData<string, string, int, bool> OfSenders =>
        new()
        {
            { "none", Queue, 201, true },
            { "none", Topic, 201, true },
            { "refuse", Queue, 403, false },
            { "refuse", Topic, 403, false },
            { "hang", Queue, 0, false },
            { "hang", Topic, 0, false },
            { "schedule-refused", Queue, 403, false },
            { "schedule-refused", Topic, 201, true },
            { "publish-refused", Queue, 201, true },
            { "publish-refused", Topic, 403, false },
            { "schedule-answer-lost", Queue, 500, true },
            { "schedule-answer-lost", Topic, 201, true },
            { "publish-answer-lost", Queue, 201, true },
            { "publish-answer-lost", Topic, 500, true },
            { "connection-dropped", Queue, 0, true },
            { "connection-dropped", Topic, 0, true },
            { "link-detached", Queue, 201, true },
            { "link-detached", Topic, 201, true },
        };

    public async ValueTask InitializeAsync()
    {
        // Without receivers of its own: only the test's messages meet the faults.
        _host = await RunningHost.StartAsync(("LocalHost__ForFunctionsApp", "true"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(OfSenders))]
    public async Task Affects_senders(string fault, string entity, int status, bool arrives)
    {
        _host.Host.Faults.Settings = Settings(fault, entity);
        var arrived = entity == Queue ? _host.Queue : _host.Host.Broker.Local;

        Assert.Equal(status, await SendAsync(entity, isHanging: fault == "hang"));

        Assert.Equal(arrives ? 1 : 0, arrived.Counts.Ready);
        var name = fault is "refuse" or "hang" ? $"{(entity == Queue ? "queue" : "topic")}-{fault}" : fault;
        var isAffected = status != 201;
        Assert.Equal(isAffected ? 1 : 0, _host.Host.Faults.Injected.GetValueOrDefault(name));
    }

    [Theory]
    [InlineData("redelivery")]
    [InlineData("lock-lost")]
    public async Task Affects_receivers_of_the_queue(string fault)
    {
        _host.Enqueue("{}");
        _host.Host.Faults.Settings = Settings(fault, Queue);
        var deliveries = 0;

        while (_host.Queue.Counts != default)
        {
            var answer = await _host.DeleteAsync($"/{Queue}/messages/head?timeout=0");
            deliveries += answer.Status == HttpStatusCode.OK ? 1 : 0;
        }

        Assert.InRange(deliveries, 2, 10);
        Assert.InRange(_host.Host.Faults.Injected[fault], 1, 10);
    }

    private static FaultSettings Settings(string fault, string entity) =>
        fault switch
        {
            "none" => FaultSettings.None,
            "refuse" or "hang" => FaultSettings.None with
            {
                Queue = entity == Queue ? Enum.Parse<BrokerState>(fault, ignoreCase: true) : BrokerState.Ok,
                Topic = entity == Topic ? Enum.Parse<BrokerState>(fault, ignoreCase: true) : BrokerState.Ok,
            },
            _ => FaultSettings.None with
            {
                Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultNames.Parse(fault), 1.0)]),
            },
        };

    /// <summary>Sends a message; returns the status, or 0 without an answer.</summary>
    private async Task<int> SendAsync(string entity, bool isHanging)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(RunningHost.Token);
        using StringContent body = new("{}");
        var sending = _host.Client.PostAsync(new Uri($"/{entity}/messages", UriKind.Relative), body, patience.Token);
        if (isHanging)
        {
            while (_host.Host.Faults.Injected.Count == 0)
            {
                await Task.Yield();
            }

            await patience.CancelAsync();
        }

        try
        {
            using var answer = await sending;
            return (int)answer.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }
}
