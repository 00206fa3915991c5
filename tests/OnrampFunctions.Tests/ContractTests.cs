using Microsoft.AspNetCore.Http;

namespace OnrampFunctions.Tests;

/// <summary>Runs the contract against the public methods of the functions.</summary>
public sealed class ContractTests : Contract
{
    protected override async Task<IContractHost> StartAsync(OutcomeKind leadsTo)
    {
        var app = await App.StartAsync();
        app.Provider.LeadTo(leadsTo);
        return new Level(app);
    }

    private sealed class Level(App app) : IContractHost
    {
        public int ProviderCalls => app.Provider.Calls.Count;

        public async Task<ContractAnswer> SendAsync(ContractRequest request)
        {
            Func<OrderRequests, HttpRequest, Task<IResult>> function = request.Path switch
            {
                "/api/orders/cancel" => static (functions, request) => functions.CancelAsync(request),
                "/api/orders/1443/outcomes" => static (functions, request) => functions.OutcomesAsync(request),
                "/api/requests/1" => static (functions, request) => functions.RequestAsync(request),
                "/api/openapi.json" => static (functions, request) => functions.OpenApiAsync(request),
                "/api/asyncapi.json" => static (functions, request) => functions.AsyncApiAsync(request),
                "/api/health" => static (functions, request) => functions.HealthAsync(request),
                _ => static (functions, request) => functions.TimeoutAsync(request),
            };
            return (await app.SendAsync(function, request.ToContext().Request)).ToContract();
        }

        public async Task<string> DeliverAsync(string body)
        {
            var settled = Assert.Single(await app.RunAsync(App.Message(body)));
            return settled == "complete" && app.Bus.Scheduled.Count > 0 ? "retry" : settled;
        }

        public Task<IReadOnlyList<string>> EventsAsync()
        {
            IReadOnlyList<string> events =
            [
                .. app.Bus.Sent.GetValueOrDefault("cancel-results", []).Select(static sent => sent.Body.ToString()),
            ];
            app.Bus.Sent.Clear();
            return Task.FromResult(events);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
