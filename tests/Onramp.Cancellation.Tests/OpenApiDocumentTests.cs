using System.Text.Json;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// The OpenAPI document is a file. These tests compare it with the tables of routes, problems and outcomes, in both
/// directions: what only one of them has fails. <see cref="Service"/> also checks every answer against it.
/// </summary>
public sealed class OpenApiDocumentTests
{
    private const string Prefix = "urn:onramp-cancel:problem:";

    public static TheoryData<string> Operations =>
        [.. from route in ApiRoute.All from method in route.Methods where method != "HEAD" select Key(route, method)];

    [Fact]
    public async Task Has_every_route_and_method_and_no_other()
    {
        var paths = (await DocumentAsync()).GetProperty("paths").EnumerateObject();

        Assert.Equal(
            Operations.Select(static row => row.Data).Order(),
            (
                from path in paths
                from operation in path.Value.EnumerateObject()
                select $"{operation.Name.ToUpperInvariant()} {path.Name}"
            ).Order()
        );
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Has_every_problem_of_an_operation_with_its_status_and_no_other(string key)
    {
        var (route, method) = Find(key);
        var expected = ProblemsOf(route, method)
            .Select(static problem => $"{problem.Status} {Prefix}{problem.Type.Code}: {problem.Type.Title}")
            .Distinct();

        Assert.Equal(
            expected.Order(),
            (
                from response in await ResponsesAsync(key)
                from line in response.Value.GetProperty("description").GetString()!.Split("; ")
                where line.StartsWith(Prefix, StringComparison.Ordinal)
                select $"{response.Name} {line}"
            ).Order()
        );
    }

    [Fact]
    public async Task Has_every_problem_type_and_no_other_but_a_wrong_method()
    {
        var described = new HashSet<string>();
        foreach (var key in Operations.Select(static row => row.Data))
        {
            described.UnionWith(
                from response in await ResponsesAsync(key)
                from line in response.Value.GetProperty("description").GetString()!.Split("; ")
                where line.StartsWith(Prefix, StringComparison.Ordinal)
                select line[Prefix.Length..].Split(':')[0]
            );
        }

        // OpenAPI has no place for the methods that a path does not have.
        Assert.Equal(
            ProblemType.All.Select(static type => type.Code).Except(["method-not-allowed"]).Order(),
            described.Order()
        );
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Has_Retry_After_where_a_problem_can_be_retried_and_nowhere_else(string key)
    {
        var (route, method) = Find(key);
        var retryable = ProblemsOf(route, method)
            .Where(static problem => problem.Type.RetryAfter is not null)
            .Select(static problem => $"{problem.Status}")
            .Distinct();

        Assert.Equal(
            retryable.Order(),
            (
                from response in await ResponsesAsync(key)
                where
                    response.Name[0] != '2'
                    && response.Value.TryGetProperty("headers", out var headers)
                    && headers.TryGetProperty("Retry-After", out _)
                select response.Name
            ).Order()
        );
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Has_a_problem_body_for_every_problem_and_for_nothing_else(string key) =>
        Assert.All(
            await ResponsesAsync(key),
            static response =>
                Assert.Equal(
                    response.Value.GetProperty("description").GetString()!.Contains(Prefix, StringComparison.Ordinal),
                    response.Value.TryGetProperty("content", out var content)
                        && content.TryGetProperty("application/problem+json", out var media)
                        && Schema(media) == "problem"
                )
        );

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Has_the_successes_of_an_operation_and_no_other(string key)
    {
        var (route, method) = Find(key);

        Assert.Equal(
            SuccessesOf(route, method),
            from response in await ResponsesAsync(key)
            where response.Name[0] == '2'
            select $"{response.Name} {SchemaOf(response.Value)}({HeadersOf(response.Value)})"
        );

        static string SchemaOf(JsonElement response) =>
            response.TryGetProperty("content", out var content) ? Schema(content.GetProperty("application/json")) : "";

        static string HeadersOf(JsonElement response) =>
            response.TryGetProperty("headers", out var headers)
                ? string.Join(", ", headers.EnumerateObject().Select(static header => header.Name))
                : "";
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Has_the_media_types_and_the_schema_of_a_body(string key)
    {
        var (route, method) = Find(key);
        var operation = await OperationAsync(key);
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            Assert.False(HasBody(route, method));
            return;
        }

        var schema = route.Body switch
        {
            BodyKind.Cancel => "cancel-request",
            BodyKind.Timeout => "timeout-request",
            _ => null,
        };
        Assert.Equal(
            from type in route.MediaTypes
            select (type, schema),
            from media in body.GetProperty("content").EnumerateObject()
            select (media.Name, Data(media.Value.GetProperty("schema")))
        );

        // An event has the request as its data, a batch has one event.
        static string Data(JsonElement schema)
        {
            if (schema.TryGetProperty("$ref", out var reference))
            {
                return reference.GetString()!.Split('/')[^1];
            }

            return Data(
                schema.TryGetProperty("items", out var item)
                    ? item
                    : schema.GetProperty("properties").GetProperty("data")
            );
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Has_the_parameters_that_are_read_and_no_other(string key)
    {
        var (route, method) = Find(key);
        var operation = await OperationAsync(key);

        Assert.Equal(
            ParametersOf(route, method),
            operation.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Select(static parameter => parameter.GetProperty("name").GetString()!)
                : []
        );
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Names_an_operation_and_says_whether_it_needs_a_key(string key)
    {
        var (route, method) = Find(key);
        var operation = await OperationAsync(key);
        var scheme = Assert.Single(operation.GetProperty("security").EnumerateArray());

        Assert.Equal(NameOf(route.Operation, method), operation.GetProperty("operationId").GetString());
        Assert.Equal(!route.IsAnonymous, scheme.TryGetProperty("functionKey", out _));
    }

    [Theory]
    [InlineData("outcome", "outcome")]
    [InlineData("outcome-event", "outcome")]
    [InlineData("problem", "outcome")]
    [InlineData("request", "outcome")]
    [InlineData("timeout", "outcome")]
    [InlineData("order-outcomes", "outcomes/outcome")]
    public async Task The_schemas_have_every_outcome_and_no_other(string schema, string property) =>
        Assert.Equal(
            OutcomeTable.Rows.Select(static row => row.Name).Distinct().Order(),
            (await ValuesAsync(schema, property)).Order()
        );

    [Theory]
    [InlineData("outcome-event", "reasonCode")]
    [InlineData("request", "reasonCode")]
    [InlineData("order-outcomes", "outcomes/reasonCode")]
    public async Task The_schemas_have_every_reason_and_no_other(string schema, string property) =>
        Assert.Equal(
            OutcomeTable.Rows.Select(static row => row.ReasonCode).OfType<string>().Order(),
            (await ValuesAsync(schema, property)).Order()
        );

    [Theory]
    [InlineData("outcome-event", "trigger")]
    [InlineData("order-outcomes", "outcomes/trigger")]
    public async Task The_schemas_have_every_trigger_and_no_other(string schema, string property) =>
        Assert.Equal(
            Enum.GetValues<CancelTrigger>().Select(static trigger => trigger.Name()).Order(),
            (await ValuesAsync(schema, property)).Order()
        );

    [Fact]
    public async Task The_schemas_have_every_problem_type_and_state_of_a_timeout_and_no_other()
    {
        Assert.Equal(
            ProblemType.All.Select(static type => Prefix + type.Code).Order(),
            (await ValuesAsync("problem", "type")).Order()
        );
        Assert.Equal(
            Enum.GetValues<TimeoutState>().Select(static state => state.Name()).Order(),
            (await ValuesAsync("timeout", "state")).Order()
        );
    }

    /// <summary>Which problems a request can end with, by the steps that it takes.</summary>
    private static IEnumerable<(int Status, ProblemType Type)> ProblemsOf(ApiRoute route, string method)
    {
        List<string> codes = ["internal-error", "stopping"];
        List<OutcomeRow> outcomes = [];
        if (!route.IsAnonymous)
        {
            // All three for a header that is there twice: which one depends on the header.
            codes.AddRange(["repeated-header", "invalid-idempotency-key", "invalid-event"]);
        }

        if (method != "OPTIONS")
        {
            codes.AddRange(route.IsAnonymous ? [] : ["invalid-signature", "too-many-requests"]);
            codes.AddRange(HasBody(route, method) ? OfBody : []);
            codes.AddRange(OfEndpoint(route.Operation, method));
            outcomes.AddRange(route.Operation == ApiOperation.CancelOrder ? OutcomeTable.Rows : []);
        }

        return codes
            .Distinct()
            .Select(Find)
            .Select(static type => (type.Status, type))
            .Concat(outcomes.SelectMany(OfOutcome));

        static ProblemType Find(string code) => ProblemType.All.Single(type => type.Code == code);

        // A call and a delivery get the same problem, some of them with different statuses.
        static IEnumerable<(int, ProblemType)> OfOutcome(OutcomeRow row) =>
            from status in new[] { row.HttpStatus, row.WebhookStatus }
            where status >= 400
            select (status, Find(row.Problem!.Code));
    }

    private static string[] OfBody =>
        [
            "invalid-json",
            "invalid-request",
            "incomplete-body",
            "request-timeout",
            "body-too-large",
            "unsupported-media-type",
        ];

    // Arming a timeout that follows its order reads the order.
    private static IEnumerable<string> OfUnreadOrder =>
        OutcomeTable.Rows.Select(static row => row.Problem?.Code).OfType<string>().Except(["not-cancellable"]);

    private static IEnumerable<string> OfEndpoint(ApiOperation operation, string method) =>
        (operation, method) switch
        {
            (ApiOperation.CancelOrder, _) => ["queue-unavailable", "outcome-not-published", "idempotency-key-reused"],
            (ApiOperation.OrderTimeout, "PUT") =>
            [
                "records-unavailable",
                "queue-unavailable",
                "timeout-fired",
                "order-not-waiting",
                .. OfUnreadOrder,
            ],
            (ApiOperation.OrderTimeout, "DELETE") =>
            [
                "invalid-request",
                "records-unavailable",
                "timeout-not-found",
                "timeout-fired",
            ],
            (ApiOperation.OrderTimeout, _) => ["invalid-request", "records-unavailable", "timeout-not-found"],
            (ApiOperation.OrderOutcomes, _) => ["invalid-request", "records-unavailable"],
            (ApiOperation.RequestState, _) => ["records-unavailable", "request-not-found"],
            (ApiOperation.Health, _) => ["not-ready"],
            (ApiOperation.OpenApi or ApiOperation.AsyncApi, _) => [],
            (ApiOperation.Schema, _) => ["schema-not-found"],
        };

    private static string[] SuccessesOf(ApiRoute route, string method) =>
        (route.Operation, method) switch
        {
            (_, "OPTIONS") => ["200 (Allow, WebHook-Allowed-Origin, WebHook-Allowed-Rate)"],
            (ApiOperation.CancelOrder, _) =>
            [
                "200 outcome(Idempotency-Replayed)",
                "202 accepted(Location, Preference-Applied)",
            ],
            (ApiOperation.OrderTimeout, "PUT") => ["200 timeout(Cache-Control)", "201 timeout(Cache-Control)"],
            (ApiOperation.OrderTimeout, "DELETE") => ["204 ()"],
            (ApiOperation.OrderTimeout, _) => ["200 timeout(Cache-Control)"],
            (ApiOperation.OrderOutcomes, _) => ["200 order-outcomes(Cache-Control)"],
            (ApiOperation.RequestState, _) => ["200 request(Cache-Control, Retry-After)"],
            (ApiOperation.Health, _) => ["200 health()"],
            (ApiOperation.OpenApi or ApiOperation.AsyncApi or ApiOperation.Schema, _) => ["200 ()"],
        };

    private static string NameOf(ApiOperation operation, string method) =>
        (operation, method) switch
        {
            (ApiOperation.CancelOrder, "OPTIONS") => "askCancelOrder",
            (ApiOperation.OrderTimeout, "PUT") => "armOrderTimeout",
            (ApiOperation.OrderTimeout, "DELETE") => "disarmOrderTimeout",
            (ApiOperation.OrderTimeout or ApiOperation.OrderOutcomes or ApiOperation.RequestState, "GET") =>
                $"get{operation}",
            _ => JsonNamingPolicy.CamelCase.ConvertName(operation.ToString()),
        };

    private static List<string> ParametersOf(ApiRoute route, string method)
    {
        if (method == "OPTIONS")
        {
            return ["WebHook-Request-Origin", "WebHook-Request-Rate"];
        }

        List<string> names =
        [
            .. route.Path.Split('/').Where(static part => part[0] == '{').Select(static part => part[1..^1]),
        ];
        names.AddRange(route.Operation == ApiOperation.CancelOrder ? ["Idempotency-Key", "Prefer"] : []);
        names.AddRange(route.Operation == ApiOperation.OrderOutcomes ? ["limit", "after"] : []);
        names.AddRange(route.IsAnonymous ? [] : ["webhook-id", "webhook-timestamp", "webhook-signature"]);
        return names;
    }

    private static bool HasBody(ApiRoute route, string method) => route.Body is not null && method is "POST" or "PUT";

    private static string Key(ApiRoute route, string method) => $"{method} /{ApiRoute.Prefix}/{route.Path}";

    private static (ApiRoute Route, string Method) Find(string key) =>
        (
            from route in ApiRoute.All
            from method in route.Methods
            where Key(route, method) == key
            select (route, method)
        ).Single();

    private static string Schema(JsonElement media) =>
        media.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1];

    private static async Task<JsonElement> DocumentAsync() => (await Service.DocumentsAsync()).OpenApi;

    private static async Task<JsonElement> OperationAsync(string key)
    {
        var parts = key.Split(' ');
        var paths = (await DocumentAsync()).GetProperty("paths");
        return paths.GetProperty(parts[1]).GetProperty(parts[0].ToLowerInvariant());
    }

    private static async Task<IEnumerable<JsonProperty>> ResponsesAsync(string key) =>
        (await OperationAsync(key)).GetProperty("responses").EnumerateObject();

    /// <summary>The values of a property, or of a property of the items of one.</summary>
    private static async Task<IEnumerable<string>> ValuesAsync(string schema, string path)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SendAsync(
            new ContractRequest
            {
                Method = "GET",
                Path = $"/api/schemas/{schema}",
                ContentType = null,
            }
        );
        using var document = JsonDocument.Parse(answer.Body);
        var parts = path.Split('/');
        var described = document.RootElement;
        foreach (var list in parts[..^1])
        {
            described = described.GetProperty("properties").GetProperty(list).GetProperty("items");
        }

        return
        [
            .. described
                .GetProperty("properties")
                .GetProperty(parts[^1])
                .GetProperty("enum")
                .EnumerateArray()
                .Select(static value => value.GetString())
                .OfType<string>(),
        ];
    }
}
