namespace Onramp.Cancellation.Tests;

/// <summary>The fields of a body: null means absent, and an invalid field is reported with a JSON pointer.</summary>
public sealed class BodyFieldTests
{
    // Serializers that write absent members as null: [open-education-api/specification#394], [oVirt/ovirt-engine#144].
    [Theory]
    [InlineData("""{"orderId":"1443","hash":null,"reason":null}""")]
    [InlineData("""{"orderId":null,"hash":"abc","reason":null,"onlyIfUnpaid":null}""")]
    [InlineData("""{"hash":null,"orderId":1443}""")]
    [InlineData("""{"orderId":"1443","onlyIfUnpaid":null}""")]
    [InlineData("""{"orderId":"1443","after":null,"at":null}""")]
    public async Task A_null_field_is_an_absent_field_by_HTTP_and_by_queue(string body)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled, Answers.Cancelled);
        Assert.Equal(200, (await service.PostAsync(body)).StatusCode);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(body));
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("""{"orderId":null}""", "#")]
    [InlineData("""{"orderId":null,"hash":null}""", "#")]
    [InlineData("""{"reason":null}""", "#")]
    [InlineData("""{"orderId":null,"orderId":"1443"}""", "#/orderId")]
    [InlineData("""{"orderId":"1443","orderId":null}""", "#/orderId")]
    [InlineData("""{"orderId":"1443","hash":null,"hash":null}""", "#/hash")]
    [InlineData("""{"orderId":"1443","onlyIfUnpaid":null,"onlyIfUnpaid":true}""", "#/onlyIfUnpaid")]
    [InlineData("""{"orderId":"1443","after":null,"after":null}""", "#/after")]
    [InlineData("""{"orderId":"1443","onlyIfUnpayed":null}""", "#/onlyIfUnpayed")]
    [InlineData("""{"orderId":"1443","orderid":null}""", "#/orderid")]
    public async Task Null_excuses_neither_a_missing_field_nor_a_repeated_nor_an_unknown_one(
        string body,
        string expected
    )
    {
        await using var service = await Service.StartAsync();
        var response = await service.PostAsync(body);
        Assert.Equal((422, expected), (response.StatusCode, Pointer(response)));
        Assert.Equal(SettlementKind.DeadLetter, (await service.HandleAsync(body)).Kind);
        Assert.Empty(service.Provider.Calls);
    }

    [Fact]
    public async Task A_null_order_is_reported_like_a_missing_one()
    {
        await using var service = await Service.StartAsync();
        var error = Service
            .Json((await service.PostAsync("""{"orderId":null}""")).Body)
            .GetProperty("errors")
            .EnumerateArray()
            .Single();
        Assert.Equal("Give exactly one of orderId and hash.", error.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_null_onlyIfUnpaid_of_a_timeout_is_its_default()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(
            201,
            (
                await service.ArmAsync(
                    """{"orderId":null,"hash":null,"after":"PT30M","at":null,"whenExpired":null,"onlyIfUnpaid":null}"""
                )
            ).StatusCode
        );
        Assert.True(Service.Json(service.Queue.Scheduled[1].Message.Body).GetProperty("onlyIfUnpaid").GetBoolean());
        Assert.Equal("#", Pointer(await service.ArmAsync("""{"after":null,"at":null}""")));
    }

    // RFC 6901, section 6, lists the pointers from "a/b" to "m~n". The others follow from its rule and RFC 3986,
    // section 3.5.
    [Theory]
    [InlineData("", "#/")]
    [InlineData("a/b", "#/a~1b")]
    [InlineData("c%d", "#/c%25d")] // [json-schema-org/JSON-Schema-Test-Suite#130], [sourcemeta/core#2775]
    [InlineData("e^f", "#/e%5Ef")]
    [InlineData("g|h", "#/g%7Ch")]
    [InlineData("i\\\\j", "#/i%5Cj")]
    [InlineData("k\\\"l", "#/k%22l")] // [stleary/JSON-java#563]
    [InlineData(" ", "#/%20")] // [ietf-wg-asdf/SDF#148]
    [InlineData("m~n", "#/m~0n")] // [stleary/JSON-java#1082]
    [InlineData("a b", "#/a%20b")]
    [InlineData("100%", "#/100%25")]
    [InlineData("é", "#/%C3%A9")]
    [InlineData("a#b", "#/a%23b")]
    [InlineData("~1/%2F", "#/~01~1%252F")]
    [InlineData("{}[]<>`", "#/%7B%7D%5B%5D%3C%3E%60")] // [json-schema-org/JSON-Schema-Test-Suite#430]
    [InlineData("-._!$&'()*+,;=:@?", "#/-._!$&'()*+,;=:@?")]
    [InlineData("\\u0000\\n\\u007f", "#/%00%0A%7F")]
    [InlineData("\\u20ac\\ud83d\\ude00", "#/%E2%82%AC%F0%9F%98%80")]
    public async Task A_pointer_is_a_URI_fragment(string name, string expected)
    {
        await using var service = await Service.StartAsync();
        var response = await service.PostAsync($$"""{"orderId":"1443","{{name}}":1}""");
        Assert.Equal((422, expected), (response.StatusCode, Pointer(response)));
    }

    [Theory]
    [InlineData(64, "", "")]
    [InlineData(64, "x", "%E2%80%A6")]
    [InlineData(62, "😀", "%F0%9F%98%80")]
    [InlineData(62, "😀x", "%F0%9F%98%80%E2%80%A6")]
    [InlineData(63, "😀", "%E2%80%A6")] // half of it would fit
    [InlineData(63, "~~", "~0%E2%80%A6")]
    [InlineData(63, "//", "~1%E2%80%A6")]
    [InlineData(63, "%%", "%25%E2%80%A6")]
    [InlineData(63, "éé", "%C3%A9%E2%80%A6")]
    public async Task A_very_long_name_is_cut_after_64_but_never_inside_a_character_or_an_escape(
        int letters,
        string rest,
        string end
    )
    {
        await using var service = await Service.StartAsync();
        var name = new string('x', letters);
        Assert.Equal(
            $"#/{name}{end}",
            Pointer(await service.PostAsync($$"""{"orderId":"1443","{{name}}{{rest}}":1}"""))
        );
    }

    [Fact]
    public async Task A_dead_letter_has_the_pointer_as_it_is_and_no_half_character()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(
            "/100% é: Unknown field.",
            (await service.HandleAsync("""{"orderId":"1443","100% é":1}""")).Description
        );
        var cut = (await service.HandleAsync($$"""{"orderId":"1443","{{new string('x', 63)}}😀":1}""")).Description;
        Assert.Equal($"/{new string('x', 63)}…: Unknown field.", cut);
    }

    private static string? Pointer(ApiResponse response) =>
        Service.Json(response.Body).GetProperty("errors")[0].GetProperty("pointer").GetString();
}
