using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Runs the contract against the local host over HTTP.</summary>
public sealed class ContractTests(ContractTests.Server server) : Contract, IClassFixture<ContractTests.Server>
{
    /// <summary>
    /// Cases in which the order is cancelled share a host. The others repeat a request id, and the recorded outcome of
    /// the first would be the answer to the second.
    /// </summary>
    protected override async Task<IContractHost> StartAsync(OutcomeKind leadsTo)
    {
        if (leadsTo == OutcomeKind.Cancelled)
        {
            server.Host.Simulator.Put("1443");
            Level shared = new(server.Host, isShared: true);

            // Events that the last case did not read.
            await shared.EventsAsync();
            return shared;
        }

        var host = await RunningHost.StartAsync(("Onramp__MaxRetries", "0"));
        host.Host.Faults.Settings = new FaultSettings { RetryAfterSeconds = 3600 };
        host.Simulator.Order("1443").LeadTo(leadsTo);
        return new Level(host, isShared: false);
    }

    /// <summary>For the cases that share a host, which run one after another.</summary>
    public sealed class Server() : HostFixture(("Onramp__MaxRetries", "0"));

    private sealed class Level(RunningHost host, bool isShared) : IContractHost
    {
        private readonly int _callsBefore = CallsOf(host);

        public int ProviderCalls => CallsOf(host) - _callsBefore;

        public Task<ContractAnswer> SendAsync(ContractRequest request) =>
            host.Client.SendAsync(request, RunningHost.Token);

        public async Task<string> DeliverAsync(string body)
        {
            var retries = host.Queue.Counts.Scheduled;
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var sent = await host.Client.PostAsync("/cancel-requests/messages", content, RunningHost.Token);
            await host
                .Queue.WhenAsync(static counts => counts.IsIdle, RunningHost.Token)
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            if (host.DeadLetters.Counts.Ready == 0)
            {
                return host.Queue.Counts.Scheduled == retries ? "complete" : "retry";
            }

            var letter = (await host.NextDeadLetterAsync()).Message;
            return $"dead-letter {letter.Property("DeadLetterReason")}: {letter.Property("DeadLetterErrorDescription")}";
        }

        public async Task<IReadOnlyList<string>> EventsAsync()
        {
            var events = new List<string>();
            while (host.Host.Broker.Local.Counts.Ready > 0)
            {
                events.Add((await host.NextOutcomeAsync()).Data.ToJsonString());
            }

            return events;
        }

        public ValueTask DisposeAsync() => isShared ? ValueTask.CompletedTask : host.DisposeAsync();

        private static int CallsOf(RunningHost host) =>
            host.Simulator.Orders.Sum(static order => order.CancelCalls + order.GetCalls);
    }
}
