using System.Globalization;
using System.Text.Json.Nodes;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Endpoints;

namespace Onramp.Cancellation.Http.Contracts;

/// <summary>The OpenAPI 3.1 document, from the tables of routes, problems and outcomes.</summary>
internal static class OpenApi
{
    private const string ProblemSchema = "problem";

    // What the platform says to whoever has no key, before any of this service's code runs.
    private const string NoKey = "no function key: the platform's own answer, which has no body";

    public static JsonObject Create() =>
        new()
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Onramp order cancellation",
                ["version"] = "1.0.0",
                ["description"] =
                    "Cancels orders at the payment provider Onramp. Every cancel outcome is published to a topic, and answered where it came from.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(
                new JsonObject { ["url"] = "/", ["description"] = "Where this document comes from." }
            ),
            ["paths"] = new JsonObject(
                ApiRoute.All.Select(static route =>
                    KeyValuePair.Create($"/{ApiRoute.Prefix}/{route.Path}", (JsonNode?)PathItem(route))
                )
            ),
            ["components"] = new JsonObject
            {
                ["schemas"] = ContractDocuments.Components([ProblemSchema, .. ApiRoute.All.SelectMany(SchemasOf)]),
                ["securitySchemes"] = new JsonObject
                {
                    ["functionKey"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = "x-functions-key",
                        ["description"] = "A function key of the app; the local host wants none.",
                    },
                },
            },
        };

    private static IEnumerable<string> SchemasOf(ApiRoute route) =>
        route.Successes.Select(static success => success.Schema).Append(route.RequestSchema).OfType<string>();

    private static JsonObject PathItem(ApiRoute route) =>
        new(
            route
                .Methods.Where(static method => method != "HEAD")
                .Select(method =>
                    KeyValuePair.Create(
                        method.ToLowerInvariant(),
                        (JsonNode?)(method == "OPTIONS" ? Handshake(route) : Operation(route))
                    )
                )
        );

    private static JsonObject Operation(ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = char.ToLowerInvariant(route.Name[0]) + route.Name[1..],
            ["summary"] = route.Summary,
            ["security"] = route.IsAnonymous
                ? new JsonArray(new JsonObject())
                : new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() }),
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
                ["content"] = new JsonObject(
                    route.MediaTypes.Select(type =>
                        KeyValuePair.Create(
                            type,
                            (JsonNode?)
                                new JsonObject
                                {
                                    ["schema"] = type switch
                                    {
                                        "application/cloudevents+json" => Event(schema),
                                        "application/cloudevents-batch+json" => new JsonObject
                                        {
                                            ["type"] = "array",
                                            ["items"] = Event(schema),
                                            ["minItems"] = 1,
                                            ["maxItems"] = 1,
                                        },
                                        _ => Reference(schema),
                                    },
                                }
                        )
                    )
                ),
            };
        }

        operation["responses"] = Responses(route);
        return operation;
    }

    private static JsonObject Handshake(ApiRoute route) =>
        new()
        {
            ["operationId"] = "ask" + route.Name,
            ["summary"] = "Asks whether an origin may deliver events here (CloudEvents Web Hooks, section 4).",
            ["security"] = new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() }),
            ["parameters"] = new JsonArray(
                Header("WebHook-Request-Origin", "The sender, as a host name.", "string"),
                Header("WebHook-Request-Rate", "Requests a minute.", "integer")
            ),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "WebHook-Allowed-Origin is there if it may.",
                    ["headers"] = Headers(["Allow", "WebHook-Allowed-Origin", "WebHook-Allowed-Rate"]),
                },
                ["400"] = Problem(400, [ProblemType.RepeatedHeader]),
                ["401"] = new JsonObject { ["description"] = NoKey },
                ["500"] = Problem(500, [ProblemType.InternalError]),
                ["503"] = Problem(503, [ProblemType.Stopping]),
            },
        };

    private static JsonObject Event(string schema) =>
        new()
        {
            ["title"] = "A CloudEvent 1.0",
            ["description"] = "The request is its data.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["specversion"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("1.0") },
                ["id"] = new JsonObject
                {
                    ["type"] = "string",
                    ["minLength"] = 1,
                    ["maxLength"] = 255,
                },
                ["source"] = new JsonObject
                {
                    ["type"] = "string",
                    ["format"] = "uri-reference",
                    ["minLength"] = 1,
                },
                ["type"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 },
                ["data"] = Reference(schema),
                ["data_base64"] = new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
            },
            ["required"] = new JsonArray("specversion", "id", "source", "type"),
        };

    private static JsonArray Parameters(ApiRoute route)
    {
        var parameters = new JsonArray();
        foreach (var segment in route.Path.Split('/').Where(static segment => segment[0] == '{'))
        {
            parameters.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = segment[1..^1],
                        ["in"] = "path",
                        ["required"] = true,
                        ["schema"] = new JsonObject { ["type"] = "string" },
                    }
            );
        }

        foreach (var header in route.RequestHeaders)
        {
            parameters.Add((JsonNode)Header(header.Name, header.Meaning, "string"));
        }

        return parameters;
    }

    private static JsonObject Responses(ApiRoute route)
    {
        var responses = route
            .Successes.Select(static success => (success.Status, Response: Success(success)))
            .Concat(
                route
                    .Problems.GroupBy(static problem => problem.Status)
                    .Select(static group => (Status: group.Key, Response: Problem(group.Key, [.. group])))
            )
            .OrderBy(static response => response.Status);
        return new JsonObject(
            responses.Select(static response =>
                KeyValuePair.Create(
                    response.Status.ToString(CultureInfo.InvariantCulture),
                    (JsonNode?)response.Response
                )
            )
        );
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
            response["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = Reference(schema) },
            };
        }

        return response;
    }

    private static JsonObject Problem(int status, IReadOnlyList<ProblemType> types)
    {
        var response = new JsonObject
        {
            ["description"] = string.Join(
                "; ",
                types
                    .Select(static type => $"{ProblemType.Prefix}{type.Code}: {type.Title}")
                    .Concat(status == 401 ? [NoKey] : [])
            ),
            ["content"] = new JsonObject
            {
                ["application/problem+json"] = new JsonObject { ["schema"] = Reference(ProblemSchema) },
            },
        };
        if (types.Any(static type => type.RetryAfter is not null))
        {
            response["headers"] = Headers(["Retry-After"]);
        }

        return response;
    }

    private static JsonObject Header(string name, string meaning, string type) =>
        new()
        {
            ["name"] = name,
            ["in"] = "header",
            ["description"] = meaning,
            ["schema"] = Value(type),
        };

    private static JsonObject Headers(IEnumerable<string> names) =>
        new(
            names.Select(static name =>
                KeyValuePair.Create(
                    name,
                    (JsonNode?)new JsonObject { ["schema"] = Value(name == "Retry-After" ? "integer" : "string") }
                )
            )
        );

    private static JsonObject Value(string type) =>
        type == "integer"
            ? new JsonObject { ["type"] = type, ["format"] = "int32" }
            : new JsonObject { ["type"] = type };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
