namespace Onramp.Cancellation.Tests;

/// <summary>Runs the contract against the core and its routes.</summary>
public sealed class ContractTests : Contract
{
    protected override async Task<IContractHost> StartAsync(OutcomeKind leadsTo)
    {
        var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.LeadTo(leadsTo);
        return new Level(service);
    }

    internal sealed class Level(Service service, Func<ContractRequest, Task<ContractAnswer>>? send = null)
        : IContractHost
    {
        public int ProviderCalls => service.Provider.Calls.Count;

        public Task<ContractAnswer> SendAsync(ContractRequest request) => (send ?? service.SendAsync)(request);

        public async Task<string> DeliverAsync(string body)
        {
            var settlement = await service.HandleAsync(body);
            return settlement.Kind switch
            {
                SettlementKind.Complete => service.Queue.Scheduled.Count == 0 ? "complete" : "retry",
                SettlementKind.DeadLetter => $"dead-letter {settlement.Reason}: {settlement.Description}",
                SettlementKind.Abandon => "abandon",
            };
        }

        public Task<IReadOnlyList<string>> EventsAsync()
        {
            IReadOnlyList<string> events =
            [
                .. service.Topic.Events.Select(static sent => System.Text.Encoding.UTF8.GetString(sent.Body.Span)),
            ];
            service.Topic.Events.Clear();
            return Task.FromResult(events);
        }

        public ValueTask DisposeAsync() => service.DisposeAsync();
    }
}
