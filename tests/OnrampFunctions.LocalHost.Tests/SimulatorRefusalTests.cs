using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>What the simulated provider and the settings of the simulation refuse, which changes nothing.</summary>
public sealed class SimulatorRefusalTests(SimulatorRefusalTests.Server server)
    : IClassFixture<SimulatorRefusalTests.Server>
{
    [Theory]
    [InlineData("Accept", "text/html", HttpStatusCode.BadRequest)]
    [InlineData("Content-Type", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Content-Type", "text/plain;charset=UTF-8", HttpStatusCode.BadRequest)]
    [InlineData("X-ONRAMP-APIKEY", "another_key", HttpStatusCode.Unauthorized)]
    [InlineData("X-ONRAMP-APIKEY", null, HttpStatusCode.Unauthorized)]
    [InlineData("X-ONRAMP-PAYLOAD", null, HttpStatusCode.Unauthorized)]
    [InlineData(
        "X-ONRAMP-PAYLOAD",
        "eyJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDEsImJvZHkiOnsib3JkZXJJZCI6IjE0NDMifX0=",
        HttpStatusCode.Unauthorized
    )]
    [InlineData("X-ONRAMP-SIGNATURE", null, HttpStatusCode.Unauthorized)]
    [InlineData(
        "X-ONRAMP-SIGNATURE",
        "D323ED077A95DE5B4D1335084C298712BF7C695FF2661B4110657B38016E6F1DAF9626A7BD4A617921E77A7DCCF61252C36220028224346A37818C0552C4A475",
        HttpStatusCode.Unauthorized
    )]
    [InlineData(
        "X-ONRAMP-SIGNATURE",
        "c410686cdffffc5ea13a1d8eab5037258f655e0b866f7c1340eee8f06cc7d25cb46145c3057c47fc1eb265e22ee8762bdae1eb1bcf37a3951f6b4e7df0fa17a5",
        HttpStatusCode.Unauthorized
    )]
    public async Task Cannot_be_called_with_a_wrong_header(string name, string? value, HttpStatusCode expected)
    {
        var answer = await SignedCalls.CallAsync(
            server.Host,
            SignedCalls.CancelOrder,
            """{"orderId":"1443"}""",
            SignedCalls.Payload,
            SignedCalls.Signature,
            (name, value)
        );

        Assert.Equal((expected, "0"), (answer.Status, answer.Text("status")));
        Assert.NotEmpty(answer.Text("error")!);
        Assert.Equal(OrderStates.Waiting, server.Host.Simulator.Order("1443").Status);
    }

    [Theory]
    [InlineData(
        """{"timestamp":"1700000000000","body":{"orderId":"1443"}}""",
        """{"orderId":"1443"}""",
        HttpStatusCode.BadRequest
    )]
    [InlineData("""{"body":{"orderId":"1443"}}""", """{"orderId":"1443"}""", HttpStatusCode.BadRequest)]
    [InlineData("""[]""", """{"orderId":"1443"}""", HttpStatusCode.BadRequest)]
    [InlineData(
        """{"timestamp":1700000000000,"body":{"orderId":"1444"}}""",
        """{"orderId":"1443"}""",
        HttpStatusCode.BadRequest
    )]
    [InlineData("""{"timestamp":1700000000000}""", """{"orderId":"1443"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"timestamp":1700000000000,"body":{"orderId":"1443"}}""", "", HttpStatusCode.BadRequest)]
    [InlineData("""{"timestamp":1700000000000,"body":{}}""", "{}", HttpStatusCode.BadRequest)]
    [InlineData(
        """{"timestamp":1700000000000,"body":{"orderId":"1443","hash":"abc"}}""",
        """{"orderId":"1443","hash":"abc"}""",
        HttpStatusCode.BadRequest
    )]
    [InlineData(
        """{"timestamp":1700000000000,"body":{"orderId":1443}}""",
        """{"orderId":1443}""",
        HttpStatusCode.Conflict
    )]
    [InlineData(
        """{"timestamp":1700000000000,"body":{"orderId":"77"}}""",
        """{"orderId":"77"}""",
        HttpStatusCode.ExpectationFailed
    )]
    public async Task Cannot_be_called_with_a_wrong_payload(string payload, string body, HttpStatusCode expected)
    {
        var answer = await SignedCalls.CallAsync(server.Host, SignedCalls.CancelOrder, body, payload);

        Assert.Equal((expected, "0"), (answer.Status, answer.Text("status")));
        Assert.Equal(OrderStates.Waiting, server.Host.Simulator.Order("1443").Status);
    }

    [Theory]
    [InlineData("79", "{}", HttpStatusCode.NotFound)]
    [InlineData("1443", "{}", HttpStatusCode.OK)]
    [InlineData("1443", """{"status":5}""", HttpStatusCode.BadRequest)]
    [InlineData("1443", """{"endsIn":60}""", HttpStatusCode.BadRequest)]
    [InlineData("1443", """{"endsIn":"soon"}""", HttpStatusCode.BadRequest)]
    [InlineData("1443", """{"endsIn":"367.00:00:00"}""", HttpStatusCode.BadRequest)]
    [InlineData("1443", """{"endsIn":"-10675199.02:48:05.4775808"}""", HttpStatusCode.BadRequest)]
    [InlineData("1443", """{"hash":"abc"}""", HttpStatusCode.BadRequest)]
    public async Task Cannot_change_an_order_to_nonsense(string orderId, string body, HttpStatusCode expected)
    {
        var before = server.Host.Simulator.Order("1443").EndTime;
        Assert.Equal(expected, (await server.Host.PatchAsync($"/simulator/orders/{orderId}", body)).Status);
        var order = server.Host.Simulator.Order("1443");
        Assert.Equal((OrderStates.Waiting, before), (order.Status, order.EndTime));
    }

    [Theory]
    [InlineData("orders/abc", "{}")]
    [InlineData("orders/077", "{}")]
    [InlineData("orders/77", "")]
    [InlineData("orders/77", "null")]
    [InlineData("orders/77", """{"status":5}""")]
    [InlineData("orders/77", """{"status":"0"}""")]
    [InlineData("orders/77", """{"endsIn":"366.00:00:00.001"}""")]
    [InlineData("orders/77", """{"endsIn":"-366.00:00:00.001"}""")]
    [InlineData("orders/77", """{"endsIn":true}""")]
    [InlineData("orders/77", """{"hash":""}""")]
    [InlineData("orders/77", """{"hash":"…"}""")]
    [InlineData("orders/77", """{"hash":"9f86d081884c7d65"}""")]
    [InlineData("orders/77", """{"hash":"\ud800"}""")]
    [InlineData("orders/77", """{"\ud800":0}""")]
    [InlineData("orders/77", """{"stat":0}""")]
    [InlineData("orders/77", """{"faults":["explode"]}""")]
    [InlineData("orders/77", """{"faults":["put:slow"]}""")]
    [InlineData("orders/77", """{"faults":["redelivery"]}""")]
    [InlineData("orders/77", """{"faults":[null]}""")]
    [InlineData("faults", """{"rates":{"explode":0.1}}""")]
    [InlineData("faults", """{"rates":{"slow":1.1}}""")]
    [InlineData("faults", """{"rates":{"slow":-0.1}}""")]
    [InlineData("faults", """{"rates":{"slow":0.6,"hang":0.6}}""")]
    [InlineData("faults", """{"rates":null}""")]
    [InlineData("faults", """{"slowFor":"a while"}""")]
    [InlineData("faults", """{"slowFor":"-00:00:00.001"}""")]
    [InlineData("faults", """{"slowFor":"01:00:00.001"}""")]
    [InlineData("faults", """{"retryAfterSeconds":-1}""")]
    [InlineData("faults", """{"retryAfterSeconds":3601}""")]
    [InlineData("faults", """{"clockOffset":"1.00:00:00.001"}""")]
    [InlineData("faults", """{"clockOffset":"-1.00:00:00.001"}""")]
    [InlineData("faults", """{"clockOffset":"-10675199.02:48:05.4775808"}""")]
    [InlineData("faults", """{"topic":"broken"}""")]
    [InlineData("faults", """{"queue":"Hang"}""")]
    [InlineData("faults", """{"queue":null}""")]
    [InlineData("faults", """{"queue":1}""")]
    [InlineData("vault", """{"state":"sideways"}""")]
    [InlineData("vault", """{"state":"1"}""")]
    [InlineData("vault", """{"apiKey":""}""")]
    public async Task Cannot_use_invalid_settings(string path, string body)
    {
        var answer = await server.Host.PutAsync($"/simulator/{path}", body);

        Assert.Equal(
            (HttpStatusCode.BadRequest, "application/problem+json"),
            (answer.Status, answer.Headers["Content-Type"])
        );
        Assert.NotEmpty(answer.Text("detail")!);
    }

    [Theory]
    [InlineData("orders/77", "", "The body is not valid JSON: line 1, byte 1.")]
    [InlineData("orders/77", "{\n\"status\":", "The body is not valid JSON: line 2, byte 10.")]
    [InlineData("orders/77", "[]", "The body must be a JSON object.")]
    [InlineData("vault", "null", "The body must be a JSON object.")]
    [InlineData("orders/77", """{"foo":0}""", "Unknown field foo. Known fields: status, hash, endsIn, faults.")]
    [InlineData(
        "vault",
        """{"api.Key":""}""",
        "Unknown field api.Key. Known fields: apiKey, apiSecret, webhookSecret, disable, enable, state, vaultOnly."
    )]
    [InlineData("orders/77", """{"Status":"0"}""", "status must be a whole number.")]
    [InlineData("orders/77", """{"status":99999999999}""", "status must be a whole number.")]
    [InlineData("orders/77", """{"hash":1}""", "hash must be a string.")]
    [InlineData("orders/77", """{"faults":"slow"}""", "faults must be an array of strings.")]
    [InlineData("orders/77", """{"faults":[1]}""", "faults must be an array of strings.")]
    [InlineData("orders/77", """{"faults":null}""", "faults must be an array of strings.")]
    [InlineData("faults", """{"rates":null}""", "rates must be an object of numbers, as in {\"slow\":0.1}.")]
    [InlineData("faults", """{"rates":{"slow":"0.1"}}""", "rates must be an object of numbers, as in {\"slow\":0.1}.")]
    [InlineData(
        "faults",
        """{"slowFor":"a while"}""",
        "slowFor must be a time in hours, minutes and seconds, as in \"00:00:02\"."
    )]
    [InlineData(
        "faults",
        """{"clockOffset":-30}""",
        "clockOffset must be a time in hours, minutes and seconds, as in \"00:00:02\"."
    )]
    [InlineData("faults", """{"retryAfterSeconds":1.5}""", "retryAfterSeconds must be a whole number.")]
    [InlineData("faults", """{"injected":1}""", "injected must be an object of numbers, as in {\"slow\":0.1}.")]
    [InlineData("vault", """{"vaultOnly":"yes"}""", "vaultOnly must be true or false.")]
    public async Task Errors_use_the_callers_terms(string path, string body, string detail)
    {
        var answer = await server.Host.PutAsync($"/simulator/{path}", body);

        Assert.Equal((HttpStatusCode.BadRequest, detail), (answer.Status, answer.Text("detail")));
        Assert.Contains(detail.Replace("\"", "\\\"", StringComparison.Ordinal), answer.Body, StringComparison.Ordinal);
    }

    public sealed class Server : HostFixture;
}
