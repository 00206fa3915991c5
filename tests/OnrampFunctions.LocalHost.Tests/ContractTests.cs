using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Runs the contract against the local host over HTTP.</summary>
public sealed class ContractTests : Contract
{
    protected override async Task<IContractHost> StartAsync(OutcomeKind leadsTo)
    {
        var host = await RunningHost.StartAsync(("Onramp__MaxRetries", "0"));
        host.Host.Faults.Settings = new FaultSettings { RetryAfterSeconds = 3600 };
        host.Simulator.Order("1443").LeadTo(leadsTo);
        return new Level(host);
    }

    private sealed class Level(RunningHost host) : IContractHost
    {
        public int ProviderCalls => host.Simulator.Orders.Sum(static order => order.CancelCalls + order.GetCalls);

        public Task<ContractAnswer> SendAsync(ContractRequest request) =>
            host.Client.SendAsync(request, RunningHost.Token);

        public async Task<string> DeliverAsync(string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var sent = await host.Client.PostAsync("/cancel-requests/messages", content, RunningHost.Token);
            await host
                .Queue.WhenAsync(static counts => counts.IsIdle, RunningHost.Token)
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            if (host.DeadLetters.Counts.Ready == 0)
            {
                return host.Queue.Counts.Scheduled == 0 ? "complete" : "retry";
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

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
