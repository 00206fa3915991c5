using System.Text.Json;

namespace Onramp.Testing.Contracts;

/// <summary>
/// One level at which the service can be met: the core, the functions, a host over HTTP. The same cases run at each.
/// </summary>
public interface IContractHost : IAsyncDisposable
{
    /// <summary>Sends a request and reads the whole answer.</summary>
    Task<ContractAnswer> SendAsync(ContractRequest request);

    /// <summary>
    /// Delivers a message of the queue and says what became of it: <c>complete</c>, <c>retry</c>, or
    /// <c>dead-letter REASON: DESCRIPTION</c>.
    /// </summary>
    Task<string> DeliverAsync(string body);

    /// <summary>The data of the outcome events that were published since the last look.</summary>
    Task<IReadOnlyList<string>> EventsAsync();

    /// <summary>How often the provider was asked about orders.</summary>
    int ProviderCalls { get; }
}

/// <summary>A request as a caller writes it.</summary>
public sealed record ContractRequest
{
    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/api/orders/cancel";

    public string? ContentType { get; init; } = "application/json";

    public ReadOnlyMemory<byte> Body { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>An answer as a caller reads it.</summary>
public sealed record ContractAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private const string TypePrefix = "urn:onramp-cancel:problem:";

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>A member of the document, as text; null where it is absent.</summary>
    public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>
    /// The last part of the problem's type; null for a success. A problem is whole: media type, status, title.
    /// </summary>
    public string? Problem
    {
        get
        {
            if (Status is >= 200 and < 300)
            {
                return null;
            }

            Assert.Equal("application/problem+json", Header("Content-Type"));
            Assert.Equal(Status, Json.GetProperty("status").GetInt32());
            Assert.NotEmpty(Text("title")!);
            Assert.StartsWith(TypePrefix, Text("type"), StringComparison.Ordinal);
            return Text("type")![TypePrefix.Length..];
        }
    }

    /// <summary>Where the faults of a body are.</summary>
    public IReadOnlyList<string> Pointers =>
        Json.TryGetProperty("errors", out var errors)
            ? [.. errors.EnumerateArray().Select(static error => error.GetProperty("pointer").GetString()!)]
            : [];

    private JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }
}
