using System.Net;

namespace Onramp.Cancellation.Tests.GeneratedClients;

/// <summary>Sends a client's requests to the app's routes in memory, and returns the responses.</summary>
internal sealed class AppHandler(Service service) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var content = request.Content;
        var answer = await service.SendAsync(
            new ContractRequest
            {
                Method = request.Method.Method,

                // The app's end decodes the path. Web servers leave an encoded slash as it is.
                Path = request.RequestUri!.AbsolutePath.Replace("%2F", "%252F", StringComparison.Ordinal),
                ContentType = content?.Headers.ContentType?.ToString(),
                Body = content is null
                    ? default(ReadOnlyMemory<byte>)
                    : await content.ReadAsByteArrayAsync(cancellationToken),
                Headers =
                [
                    .. request.Headers.SelectMany(static header => header.Value.Select(value => (header.Key, value))),
                ],
            }
        );
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            Content = new StringContent(answer.Body),
            RequestMessage = request,
        };
        response.Content.Headers.ContentType = null;
        foreach (var (name, value) in answer.Headers)
        {
            _ =
                response.Headers.TryAddWithoutValidation(name, value)
                || response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
