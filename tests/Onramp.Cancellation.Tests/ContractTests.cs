using Microsoft.AspNetCore.Routing.Template;

namespace Onramp.Cancellation.Tests;

/// <summary>The contract, met at the core and the routes.</summary>
public sealed class ContractTests : Contract
{
    protected override async Task<IContractHost> StartAsync(OutcomeKind leadsTo)
    {
        var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.LeadTo(leadsTo);
        return new Level(service);
    }

    private sealed class Level(Service service) : IContractHost
    {
        public int ProviderCalls => service.Provider.Calls.Count;

        public async Task<ContractAnswer> SendAsync(ContractRequest request)
        {
            var context = request.ToContext();
            var route = ApiRoute.All.Single(route =>
                new TemplateMatcher(TemplateParser.Parse($"{ApiRoute.Prefix}/{route.Path}"), []).TryMatch(request.Path, context.Request.RouteValues));
            var answer = await service.Get<OrderApi>().AnswerAsync(route, context);
            return (await ApiResponse.OfAsync(context, answer)).ToContract();
        }

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

        public Task<IReadOnlyList<string>> OutcomesAsync()
        {
            IReadOnlyList<string> outcomes = [.. service.Topic.Events.Select(static sent => (string)sent.Property("outcome"))];
            service.Topic.Events.Clear();
            return Task.FromResult(outcomes);
        }

        public ValueTask DisposeAsync() => service.DisposeAsync();
    }
}
