using System.IO.Compression;
using System.Net;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The simulated provider fails as configured, by order and by rate.</summary>
public sealed class SimulatedFaultTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Has_no_fault_that_the_document_does_not_name()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "documents", "local-host-reference.md"));

        Assert.All(
            FaultNames.List.Split(", "),
            name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("html403", HttpStatusCode.Forbidden, "<html>")]
    [InlineData("html417", HttpStatusCode.ExpectationFailed, "<html>")]
    [InlineData("byte-order-mark", HttpStatusCode.OK, "\uFEFF{\"status\":1,\"code\":200,\"data\":{\"orderId\":1443,")]
    [InlineData(
        "decimal-numbers",
        HttpStatusCode.OK,
        "{\"status\":1.0,\"code\":200.0,\"data\":{\"orderId\":1443.0,\"coinId\":54.0,\"chainId\":3.0,\"coinAmount\":25.5,\"status\":0.0,"
    )]
    [InlineData(
        "odd-state",
        HttpStatusCode.OK,
        "{\"status\":1,\"code\":200,\"data\":{\"orderId\":1443,\"coinId\":54,\"chainId\":3,\"coinAmount\":25.5,\"status\":-2,"
    )]
    public async Task Can_give_an_odd_answer(string fault, HttpStatusCode status, string start)
    {
        await _host.PutAsync("/simulator/orders/1443", $$"""{"faults":["get:{{fault}}"]}""");

        var answer = await CallAsync(SignedCalls.GetOrder, "1443");

        Assert.Equal(status, answer.Status);
        Assert.StartsWith(start, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Can_compress_an_unrequested_response()
    {
        await _host.PutAsync("/simulator/orders/1443", """{"faults":["cancel:gzip"]}""");

        var answer = await CallAsync(SignedCalls.CancelOrder, "1443");

        using StreamReader decoded = new(new GZipStream(new MemoryStream(answer.Bytes), CompressionMode.Decompress));
        Assert.Equal("gzip", answer.Headers["Content-Encoding"]);
        Assert.Equal(
            """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""",
            await decoded.ReadToEndAsync(RunningHost.Token)
        );
    }

    [Theory]
    [InlineData("http400-words", false)]
    [InlineData("odd-words", false)]
    [InlineData("quote", true)]
    public async Task Can_answer_with_many_words_and_the_same_ones_again_for_the_same_seed(string fault, bool quotes)
    {
        var faults = $$$"""{"seed":7,"rates":{"{{{fault}}}":1}}""";
        var first = (await AnswersOfAsync(SignedCalls.GetOrder, faults)).Select(answer => answer.Body).ToList();

        Assert.Equal(first, (await AnswersOfAsync(SignedCalls.GetOrder, faults)).Select(answer => answer.Body));
        Assert.InRange(first.Distinct().Count(), 5, 60);
        Assert.All(first, body => Assert.StartsWith("""{"status":0""", body, StringComparison.Ordinal));
        Assert.Equal(quotes, first.Any(body => body.Contains("test_key", StringComparison.Ordinal)));
        Assert.Equal(quotes, first.Any(body => body.Contains("\\r\\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Can_refuse_a_read_by_rate_in_every_way_but_one()
    {
        var denies = await StatusesOfAsync(SignedCalls.GetOrder, """{"rates":{"http417":1}}""");
        var refuses = await StatusesOfAsync(SignedCalls.GetOrder, """{"rates":{"http406":1}}""");

        Assert.All(denies, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.All(refuses, status => Assert.Equal(HttpStatusCode.NotAcceptable, status));
    }

    [Fact]
    public async Task Reports_the_headers_of_each_call()
    {
        List<SignedHeaders> received = [];
        _host.Simulator.Received += received.Add;

        await CallAsync(SignedCalls.CancelOrder, "77");

        var headers = Assert.Single(received);
        Assert.Equal(
            ("test_key", """{"timestamp":0,"body":{"orderId":"77"}}""", 128),
            (
                headers.ApiKey,
                Encoding.UTF8.GetString(Convert.FromBase64String(headers.Payload)),
                headers.Signature.Length
            )
        );
        Assert.Equal(nameof(SignedHeaders), headers.ToString());
    }

    [Fact]
    public async Task Has_the_same_faults_again_for_the_same_seed()
    {
        var first = await StatusesOfAsync(SignedCalls.GetOrder, """{"seed":7,"rates":{"http500":0.5}}""");
        var again = await StatusesOfAsync(SignedCalls.GetOrder, """{"seed":7,"rates":{"http500":0.5}}""");
        var other = await StatusesOfAsync(SignedCalls.GetOrder, """{"seed":8,"rates":{"http500":0.5}}""");

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count(status => status == HttpStatusCode.InternalServerError), 15, 45);
    }

    private async Task<IReadOnlyList<HttpStatusCode>> StatusesOfAsync(string path, string faults) =>
        [.. (await AnswersOfAsync(path, faults)).Select(answer => answer.Status)];

    private async Task<IReadOnlyList<Answer>> AnswersOfAsync(string path, string faults)
    {
        await _host.PutAsync("/simulator/faults", faults);
        List<Answer> answers = [];
        for (var orderId = 2000; orderId < 2060; orderId++)
        {
            _host.Simulator.Put($"{orderId}");
            answers.Add(await CallAsync(path, $"{orderId}"));
        }

        return answers;
    }

    private Task<Answer> CallAsync(string path, string orderId) =>
        SignedCalls.CallAsync(
            _host,
            path,
            $$"""{"orderId":"{{orderId}}"}""",
            $$$"""{"timestamp":0,"body":{"orderId":"{{{orderId}}}"}}"""
        );
}
