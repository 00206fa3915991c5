using System.Text.Json;

namespace Onramp.Testing.Contracts;

/// <summary>
/// A level at which the service can be tested: the core, the functions, a host over HTTP. Each level runs the same
/// cases.
/// </summary>
public interface IContractHost : IAsyncDisposable
{
    /// <summary>Sends a request and reads the whole response.</summary>
    Task<ContractAnswer> SendAsync(ContractRequest request);

    /// <summary>
    /// Delivers a message of the queue and returns how it was settled: <c>complete</c>, <c>retry</c>, or <c>dead-letter
    /// REASON: DESCRIPTION</c>.
    /// </summary>
    Task<string> DeliverAsync(string body);

    /// <summary>The data of the outcome events since the last call.</summary>
    Task<IReadOnlyList<string>> EventsAsync();

    /// <summary>The number of calls to the provider about orders.</summary>
    int ProviderCalls { get; }
}

/// <summary>A request as a caller sends it.</summary>
public sealed record ContractRequest
{
    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/api/orders/cancel";

    /// <summary>The query, with its question mark; empty for none.</summary>
    public string Query { get; init; } = "";

    public string? ContentType { get; init; } = "application/json";

    public ReadOnlyMemory<byte> Body { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>A response as a caller receives it.</summary>
public sealed record ContractAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private const string TypePrefix = "urn:onramp-cancel:problem:";

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>A member of the document as text, or null.</summary>
    public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>
    /// The last part of the problem type, or null for a success. Checks that the problem has its media type, status and
    /// title.
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

    /// <summary>The pointers of the errors in a body.</summary>
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
