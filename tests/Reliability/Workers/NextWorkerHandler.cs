namespace Reliability.Workers;

/// <summary>Sends each request to the next worker in turn, as a load balancer does.</summary>
internal sealed class NextWorkerHandler(WorkerFleet fleet) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var worker = await fleet.NextAsync(cancellationToken);
        request.RequestUri = new Uri(worker, request.RequestUri!.PathAndQuery);
        return await base.SendAsync(request, cancellationToken);
    }
}
