namespace FunctionsHost;

/// <summary>
/// Retries when a worker does not accept a connection, with the numbers of the Functions host, because a worker reports
/// that it is ready before it opens its port.
/// </summary>
internal sealed class RepeatedConnects(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const int MaxTries = 10;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(250);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var delay = FirstDelay;
        for (var next = 2; ; next++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException) when (next <= MaxTries)
            {
                await Task.Delay(delay, time, cancellationToken);
                delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
            }
        }
    }
}
