using System.Net.Http.Headers;

namespace Benchmarks;

/// <summary>
/// The reference for the service: forwards the same bytes to the same upstream over the same kind of connections,
/// without signing, evaluating or publishing anything.
/// </summary>
internal static class Relay
{
    private static readonly MediaTypeHeaderValue Json = MediaTypeHeaderValue.Parse("application/json;charset=UTF-8");

    public static Task<int> RunAsync(Uri upstream)
    {
        var target = new Uri(upstream, "/onramp-merchants/widget/cancelOrder");
        var invoker = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
                MaxConnectionsPerServer = 1000,
                AllowAutoRedirect = false,
                UseCookies = false,
            }
        );
        return Server.RunAsync(async context =>
        {
            var body = new byte[(int)context.Request.ContentLength!];
            await context.Request.Body.ReadExactlyAsync(body);
            using var request = new HttpRequestMessage(HttpMethod.Post, target)
            {
                Content = new ByteArrayContent(body),
            };
            request.Content.Headers.ContentType = Json;
            using var response = await invoker.SendAsync(request, context.RequestAborted);
            var answer = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.BodyWriter.WriteAsync(answer);
        });
    }
}
