using System.Text.Json;
using FunctionsHost.Protocol;

namespace FunctionsHost;

/// <summary>A function with an HTTP trigger, read from its raw bindings.</summary>
internal sealed record HttpFunction(string Id, string Parameter, string[] Route)
{
    private const string Prefix = "api";

    /// <summary>Selects the HTTP functions of a worker.</summary>
    public static IReadOnlyList<HttpFunction> Of(IEnumerable<RpcFunctionMetadata> functions) =>
        [
            .. from function in functions
            from binding in function.RawBindings
            let raw = JsonDocument.Parse(binding).RootElement
            where raw.GetProperty("type").GetString() == "httpTrigger"
            let route = raw.TryGetProperty("route", out var value) ? value.GetString()! : function.Name
            select new HttpFunction(
                function.FunctionId,
                raw.GetProperty("name").GetString()!,
                [Prefix, .. route.Split('/')]
            ),
        ];

    /// <summary>Whether an address belongs to this function.</summary>
    public bool Matches(string path)
    {
        var segments = path.Trim('/').Split('/');
        return segments.Length == Route.Length
            && Route
                .Zip(segments)
                .All(static pair =>
                    pair.First.StartsWith('{')
                        ? pair.Second.Length > 0
                        : pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)
                );
    }
}
