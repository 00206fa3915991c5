using System.Net.Http.Headers;

namespace Onramp.Testing.Contracts;

/// <summary>Sends the request of a contract case over a real connection, byte for byte, whether valid or not.</summary>
internal static class HttpClientExtensions
{
    public static async Task<ContractAnswer> SendAsync(
        this HttpClient client,
        ContractRequest asked,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), asked.Path + asked.Query)
        {
            Content = asked.Method is "GET" ? null : new ReadOnlyMemoryContent(asked.Body),
        };
        IEnumerable<(string Name, string Value)> headers = asked.ContentType is null
            ? asked.Headers
            : [("Content-Type", asked.ContentType), .. asked.Headers];
        foreach (var (name, value) in headers)
        {
            Assert.True(
                request.Headers.TryAddWithoutValidation(name, value)
                    || request.Content!.Headers.TryAddWithoutValidation(name, value),
                $"{name} cannot be sent."
            );
        }

        using var response = await client.SendAsync(request, cancellationToken);
        return new ContractAnswer(
            (int)response.StatusCode,
            Raw(response.Headers).Concat(Raw(response.Content.Headers)).ToDictionary(),
            await response.Content.ReadAsStringAsync(cancellationToken)
        );
    }

    private static IEnumerable<KeyValuePair<string, string>> Raw(HttpHeaders headers) =>
        headers.NonValidated.Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString()));
}
