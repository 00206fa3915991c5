using System.Globalization;
using System.Text.Json.Nodes;

namespace Onramp.Cancellation.Http;

/// <summary>The OpenAPI 3.1 document, from the tables of routes, problems and outcomes.</summary>
internal static class OpenApi
{
    public static JsonObject Create() => new()
    {
        ["openapi"] = "3.1.1",
        ["info"] = new JsonObject
        {
            ["title"] = "Onramp order cancellation",
            ["version"] = "1.0.0",
            ["description"] = "Cancels orders at the payment provider Onramp. Every cancel outcome is published to a topic, and answered where it came from.",
            ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "Where this document comes from." }),
        ["paths"] = new JsonObject(ApiRoute.All.Select(static route => KeyValuePair.Create($"/{ApiRoute.Prefix}/{route.Path}", (JsonNode?)PathItem(route)))),
        ["components"] = new JsonObject
        {
            ["schemas"] = ContractDocuments.Components(),
            ["securitySchemes"] = new JsonObject
            {
                ["functionKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key", ["description"] = "A function key of the app; the local host wants none." },
            },
        },
    };

    private static JsonObject PathItem(ApiRoute route) => new(route.Methods.Where(static method => method != "HEAD").Select(method =>
        KeyValuePair.Create(method.ToLowerInvariant(), (JsonNode?)(method == "OPTIONS" ? Handshake(route) : Operation(route)))));

    private static JsonObject Operation(ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = char.ToLowerInvariant(route.Name[0]) + route.Name[1..],
            ["summary"] = route.Summary,
            ["security"] = route.IsAnonymous ? new JsonArray(new JsonObject()) : new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() }),
        };
        if (Parameters(route) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (route.RequestSchema is { } schema)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject(route.MediaTypes.Select(type => KeyValuePair.Create(type, (JsonNode?)new JsonObject
                {
                    ["schema"] = type == "application/json" ? Reference(schema) : new JsonObject { ["description"] = "CloudEvents 1.0, with the request as its data." },
                }))),
            };
        }

        operation["responses"] = Responses(route);
        return operation;
    }

    private static JsonObject Handshake(ApiRoute route) => new()
    {
        ["operationId"] = "ask" + route.Name,
        ["summary"] = "Asks whether an origin may deliver events here (CloudEvents Web Hooks, section 4).",
        ["security"] = new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() }),
        ["parameters"] = new JsonArray(Header("WebHook-Request-Origin", "The sender, as a host name.", "string"), Header("WebHook-Request-Rate", "Requests a minute.", "integer")),
        ["responses"] = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "WebHook-Allowed-Origin is there if it may.", ["headers"] = Headers(["Allow", "WebHook-Allowed-Origin", "WebHook-Allowed-Rate"]) },
            ["500"] = Problem(500, [ProblemType.InternalError]),
        },
    };

    private static JsonArray Parameters(ApiRoute route)
    {
        var parameters = new JsonArray();
        foreach (var segment in route.Path.Split('/').Where(static segment => segment[0] == '{'))
        {
            parameters.Add((JsonNode)new JsonObject { ["name"] = segment[1..^1], ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });
        }

        foreach (var header in route.RequestHeaders)
        {
            parameters.Add((JsonNode)Header(header.Name, header.Meaning, "string"));
        }

        return parameters;
    }

    private static JsonObject Responses(ApiRoute route)
    {
        var responses = route.Successes.Select(static success => (success.Status, Response: Success(success)))
            .Concat(route.Problems.GroupBy(static problem => problem.Status).Select(static group => (Status: group.Key, Response: Problem(group.Key, [.. group]))))
            .OrderBy(static response => response.Status);
        return new JsonObject(responses.Select(static response => KeyValuePair.Create(response.Status.ToString(CultureInfo.InvariantCulture), (JsonNode?)response.Response)));
    }

    private static JsonObject Success(ApiSuccess success)
    {
        var response = new JsonObject { ["description"] = success.Meaning };
        if (success.Headers.Count > 0)
        {
            response["headers"] = Headers(success.Headers);
        }

        if (success.Schema is { } schema)
        {
            response["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference(schema) } };
        }

        return response;
    }

    private static JsonObject Problem(int status, IReadOnlyList<ProblemType> types)
    {
        var response = new JsonObject
        {
            ["description"] = string.Join("; ", types.Select(static type => $"{ProblemType.Prefix}{type.Code}: {type.Title}")),
            ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Reference("problem") } },
        };
        if (status is 429 or 503)
        {
            response["headers"] = Headers(["Retry-After"]);
        }

        return response;
    }

    private static JsonObject Header(string name, string meaning, string type)
        => new() { ["name"] = name, ["in"] = "header", ["description"] = meaning, ["schema"] = new JsonObject { ["type"] = type } };

    private static JsonObject Headers(IEnumerable<string> names)
        => new(names.Select(static name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } })));

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
