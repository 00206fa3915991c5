using System.Text.Json;
using Microsoft.OpenApi;

namespace Onramp.Cancellation.Tests;

/// <summary>The machine-readable contracts are valid and complete, and agree with the code.</summary>
public sealed class DocumentTests
{
    [Fact]
    public async Task The_OpenAPI_document_is_valid()
    {
        await using var service = await Service.StartAsync();
        var text = (await GetAsync(service, "/api/openapi.json")).Body;
        var read = OpenApiDocument.Parse(text, OpenApiConstants.Json);
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
    }

    [Fact]
    public async Task Every_schema_is_served_by_its_name_and_no_other()
    {
        await using var service = await Service.StartAsync();
        var schemas = (await PublishedDocuments.ReadAsync(new ContractTests.Level(service))).SchemaNames.ToList();
        Assert.Equal(11, schemas.Count);
        Assert.All(schemas, schema => Assert.Equal(200, GetAsync(service, $"/api/schemas/{schema}").Result.Status));
        var missing = await GetAsync(service, "/api/schemas/nothing");
        Assert.Equal((404, "schema-not-found"), (missing.Status, missing.Problem));
        Assert.Contains("cancel-request", missing.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancel-request", "Timing")]
    [InlineData("timeout-request", "Order")]
    [InlineData("queue-message", "None")]
    public async Task The_schema_of_a_request_has_the_fields_that_are_read_and_no_other(string schema, string refused)
    {
        var fields = (IEnumerable<object>)InCore("Requests.RequestField").GetProperty("All")!.GetValue(null)!;
        var read = fields
            .Where(field => Of(field, "Choice").ToString() != refused)
            .Select(static field => Of(field, "Name"));
        Assert.Equal(read.Order(), (await PropertiesAsync(schema)).Order());

        static object Of(object field, string name) => field.GetType().GetProperty(name)!.GetValue(field)!;
    }

    [Fact]
    public async Task The_schema_of_an_event_has_what_its_data_may_have_and_nothing_else() =>
        Assert.Equal(
            InCore("Outcomes.OutcomeData")
                .GetProperties()
                .Select(static property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
                .Order(),
            (await PropertiesAsync("outcome-event")).Order()
        );

    [Fact]
    public async Task The_AsyncAPI_document_names_the_properties_that_every_event_has()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.HandleAsync("""{"orderId":"1443"}""");
        var headers = await HeadersAsync(service, "outcome");
        var sent = Assert.Single(service.Topic.Events).Properties.Select(static property => property.Key).Order();

        Assert.Equal(sent, Texts(headers.GetProperty("required")));
        Assert.Equal(
            sent,
            headers.GetProperty("properties").EnumerateObject().Select(static property => property.Name).Order()
        );
    }

    [Fact]
    public async Task The_AsyncAPI_document_has_every_value_of_a_property_and_no_other()
    {
        await using var service = await Service.StartAsync();
        var outcome = (await HeadersAsync(service, "outcome")).GetProperty("properties");
        var request = (await HeadersAsync(service, "request")).GetProperty("properties");

        Assert.Equal(
            OutcomeTable.Rows.Select(static row => row.Name).Distinct().Order(),
            Values(outcome, OutcomeProperties.Outcome)
        );
        Assert.Equal(
            OutcomeTable.Rows.Select(static row => row.EventType).Distinct().Order(),
            Values(outcome, OutcomeProperties.Type)
        );
        Assert.Equal(
            Enum.GetValues<CancelTrigger>().Select(static trigger => trigger.Name()).Order(),
            Values(outcome, OutcomeProperties.Trigger)
        );
        Assert.Equal(["1.0"], Values(outcome, OutcomeProperties.SpecVersion));
        Assert.Equal([MessageProperties.QueueTrigger, MessageProperties.TimeoutTrigger], Values(request, "trigger"));

        static IEnumerable<string> Values(JsonElement properties, string name) =>
            Texts(properties.GetProperty(name).GetProperty("enum"));
    }

    [Theory]
    [MemberData(nameof(BodyCases.WrongFields), MemberType = typeof(BodyCases))]
    public async Task What_the_service_refuses_the_schema_refuses(string body, string pointers)
    {
        // A schema cannot see duplicate fields, and 1443.0 is an integer for it.
        Assert.False(string.IsNullOrEmpty(pointers));
        if (body is """{"orderId":"1","orderId":"2"}""" or """{"orderId":1443.0}""" or """{"orderId":1e3}""")
        {
            return;
        }

        var documents = await Service.DocumentsAsync();
        Assert.False(documents.IsValid("cancel-request", body));
        Assert.False(documents.IsValid("queue-message", body));
    }

    [Theory]
    [InlineData("timeout-request", "{}")]
    [InlineData("timeout-request", """{"reason":"stale"}""")]
    [InlineData("timeout-request", """{"after":null,"at":null,"whenExpired":null}""")]
    [InlineData("timeout-request", """{"after":"PT30M","at":"2023-11-15T00:00:00Z"}""")]
    [InlineData("timeout-request", """{"after":"PT30M","whenExpired":true}""")]
    [InlineData("timeout-request", """{"at":"2023-11-15T00:00:00Z","whenExpired":true}""")]
    [InlineData("timeout-request", """{"whenExpired":false}""")]
    [InlineData("timeout-request", """{"whenExpired":"true"}""")]
    [InlineData("timeout-request", """{"after":"30 minutes"}""")]
    [InlineData("timeout-request", """{"after":30}""")]
    [InlineData("timeout-request", """{"at":"tomorrow"}""")]
    [InlineData("timeout-request", """{"after":"PT30M","onlyIfUnpaid":false}""")]
    [InlineData("timeout-request", """{"orderId":"1443","after":"PT30M"}""")]
    [InlineData("timeout-request", """{"hash":"abc","after":"PT30M"}""")]
    [InlineData("timeout-request", """{"after":"PT30M","timeout":"1443"}""")]
    [InlineData("queue-message", """{"after":"PT30M"}""")]
    [InlineData("queue-message", """{"orderId":"1443","after":"PT30M","at":"2023-11-15T00:00:00Z"}""")]
    [InlineData("queue-message", """{"orderId":"1443","after":"PT30M","whenExpired":true}""")]
    [InlineData("queue-message", """{"orderId":"1443","at":"2023-11-15T00:00:00Z","whenExpired":true}""")]
    [InlineData("queue-message", """{"orderId":"1443","whenExpired":false}""")]
    [InlineData("queue-message", """{"orderId":"1443","after":"PT30M","onlyIfUnpaid":false}""")]
    [InlineData("queue-message", """{"orderId":"1443","at":"2023-11-15T00:00:00Z","onlyIfUnpaid":false}""")]
    [InlineData("queue-message", """{"orderId":"1443","whenExpired":true,"onlyIfUnpaid":false}""")]
    public async Task A_timeout_that_the_service_refuses_the_schema_refuses(string schema, string body)
    {
        await using var service = await Service.StartAsync();
        var documents = await Service.DocumentsAsync();
        Assert.False(documents.IsValid(schema, body));
        Assert.True(
            schema switch
            {
                "timeout-request" => (await service.ArmAsync(body)).StatusCode == 422,
                _ => (await service.HandleAsync(body)).Reason == DeadLetterReasons.InvalidMessage,
            }
        );
    }

    [Theory]
    [InlineData("cancel-request", """{"orderId":"1443"}""")]
    [InlineData("cancel-request", """{"orderId":1443,"hash":null,"reason":null,"onlyIfUnpaid":null}""")]
    [InlineData("cancel-request", """{"hash":"abc","orderId":null,"reason":"late","onlyIfUnpaid":true}""")]
    [InlineData("timeout-request", """{"after":"PT30M"}""")]
    [InlineData("timeout-request", """{"after":null,"at":"2023-11-15T00:00:00Z","whenExpired":null}""")]
    [InlineData("timeout-request", """{"whenExpired":true,"onlyIfUnpaid":true,"reason":"stale"}""")]
    [InlineData("queue-message", """{"orderId":"1443"}""")]
    [InlineData("queue-message", """{"orderId":"1443","after":null,"at":null,"whenExpired":null}""")]
    [InlineData("queue-message", """{"orderId":"1443","onlyIfUnpaid":false}""")]
    [InlineData("queue-message", """{"orderId":"1443","after":"PT30M","onlyIfUnpaid":true}""")]
    [InlineData("queue-message", """{"hash":"abc","whenExpired":true}""")]
    public async Task What_the_service_takes_the_schema_takes(string schema, string body)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Waiting(1700002600)).Otherwise = Answers.Cancelled;
        var documents = await Service.DocumentsAsync();
        Assert.True(documents.IsValid(schema, body));
        Assert.True(
            schema switch
            {
                "cancel-request" => (await service.PostAsync(body)).StatusCode == 200,
                "timeout-request" => (await service.ArmAsync(body)).StatusCode == 201,
                _ => await service.HandleAsync(body) == Settlement.Complete,
            }
        );
    }

    [Theory]
    [InlineData("cancel-request")]
    [InlineData("timeout-request")]
    [InlineData("queue-message")]
    public async Task The_example_of_a_request_is_one(string schema)
    {
        await using var service = await Service.StartAsync();
        var documents = await Service.DocumentsAsync();
        using var published = JsonDocument.Parse((await GetAsync(service, $"/api/schemas/{schema}")).Body);
        Assert.True(
            documents.IsValid(
                schema,
                Assert.Single(published.RootElement.GetProperty("examples").EnumerateArray()).GetRawText()
            )
        );
    }

    private static async Task<JsonElement> HeadersAsync(Service service, string message)
    {
        using var document = JsonDocument.Parse((await GetAsync(service, "/api/asyncapi.json")).Body);
        var messages = document.RootElement.GetProperty("components").GetProperty("messages");
        return messages.GetProperty(message).GetProperty("headers").Clone();
    }

    private static IEnumerable<string> Texts(JsonElement array) =>
        array.EnumerateArray().Select(static value => value.GetString()!).Order();

    private static Type InCore(string name) =>
        typeof(CancelRequest).Assembly.GetType($"Onramp.Cancellation.{name}", throwOnError: true)!;

    private static async Task<IEnumerable<string>> PropertiesAsync(string schema)
    {
        await using var service = await Service.StartAsync();
        using var document = JsonDocument.Parse((await GetAsync(service, $"/api/schemas/{schema}")).Body);
        return
        [
            .. document
                .RootElement.GetProperty("properties")
                .EnumerateObject()
                .Select(static property => property.Name),
        ];
    }

    private static Task<ContractAnswer> GetAsync(Service service, string path) =>
        service.SendAsync(
            new ContractRequest
            {
                Method = "GET",
                Path = path,
                ContentType = null,
            }
        );
}
