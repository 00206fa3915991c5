using System.IO.Compression;
using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Content types and encodings of a body: JSON with any charset, and no compression.</summary>
public sealed class RequestHeaderTests
{
    private const string Body = """{"orderId":"1443","reason":"änderte sich"}""";

    [Theory]
    [MemberData(nameof(HeaderCases.JsonTypes), MemberType = typeof(HeaderCases))]
    public async Task JSON_is_read_as_UTF8_under_any_charset(string contentType)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.PostAsync(Body, with => with with { ContentType = contentType });
        Assert.Equal(
            "änderte sich",
            Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("reason").GetString()
        );
    }

    [Theory]
    [MemberData(nameof(HeaderCases.OtherEncodings), MemberType = typeof(HeaderCases))]
    public async Task A_body_of_another_encoding_is_refused_before_it_is_read(string contentEncoding)
    {
        await using var service = await Service.StartAsync();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Body));
        }

        packed.Position = 0;
        await service.PostAsync(Body, with => with with { ContentEncoding = contentEncoding, Body = packed });
        Assert.Equal(0, packed.Position);
    }

    [Fact]
    public async Task Arming_a_timeout_has_the_same_rules()
    {
        await using var service = await Service.StartAsync();
        const string timeout = """{"after":"PT30M"}""";
        Assert.Equal(
            201,
            (
                await service.ArmAsync(timeout, with => with with { ContentType = "application/json; charset=utf8" })
            ).StatusCode
        );
        Assert.Equal(
            415,
            (await service.ArmAsync(timeout, with => with with { ContentType = "text/plain" })).StatusCode
        );
        Assert.Equal(415, (await service.ArmAsync(timeout, with => with with { ContentEncoding = "gzip" })).StatusCode);
    }
}
