using System.IO.Compression;
using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>How a body may be labelled: as JSON, whatever charset it claims, and as it is, not compressed.</summary>
public sealed class RequestHeaderTests
{
    private const string Body = """{"orderId":"1443","reason":"änderte sich"}""";

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf8")] // [Particular/ServiceControl#338], [creachadair/jrpc2#111]
    [InlineData("application/json;charset=UTF-8")] // [bestarch-ae/cacherpc#118]
    [InlineData("application/json;")] // [keotl/jivago#92], [DLTcollab/tangle-accelerator#510]
    [InlineData("application/json; encoding=utf8")] // [keotl/jivago#92]
    [InlineData("application/json; charset: UTF-8")] // [avast/grpc-json-bridge#19]
    [InlineData("application/json; charset=utf-8; charset=utf8")]
    [InlineData("application/json; charset=\"utf-8")]
    [InlineData("application/json; charset='UTF8'")]
    [InlineData("application/json; charset=")]
    [InlineData("application/json; charset=utf-16")] // RFC 8259, section 8.1: JSON between systems is UTF-8
    [InlineData("application/json; charset=ISO-8859-1")]
    [InlineData("application/json; odata.metadata=minimal; charset=cp1252")]
    [InlineData("application/json;;")]
    [InlineData("application/json ; charset=utf-8")]
    [InlineData("APPLICATION/Json; CharSet=Utf8")]
    public async Task JSON_of_whatever_charset_is_read_as_the_UTF8_that_it_is(string contentType)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(200, (await service.PostAsync(Body, with => with with { ContentType = contentType })).StatusCode);
        Assert.Equal("änderte sich", Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("; charset=utf-8")]
    [InlineData("*/*")]
    [InlineData("json")]
    [InlineData("text/plain")] // what a page of another site may send without asking first
    [InlineData("text/plain; x=application/json")]
    [InlineData("multipart/form-data; boundary=application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/json")]
    [InlineData("application/jsonx")]
    [InlineData("application/json5")]
    [InlineData("application/problem+json")]
    [InlineData("application/json/")]
    [InlineData("application /json")]
    [InlineData("application/json charset=utf-8")]
    [InlineData("application/json,application/json")]
    [InlineData("text/plain,application/json;")]
    public async Task Another_media_type_is_refused_and_told_which_one_is_right(string? contentType)
    {
        await using var service = await Service.StartAsync();
        await RefusedAsync(service, with => with with { ContentType = contentType }, ("Accept", "application/json"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    [InlineData("Identity")]
    [InlineData("identity, identity")]
    [InlineData(" identity ,")]
    public async Task A_body_without_encoding_is_read(string? contentEncoding)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(200, (await service.PostAsync(Body, with => with with { ContentEncoding = contentEncoding })).StatusCode);
    }

    [Theory]
    [InlineData("gzip")] // [HarperFast/harper#1438], [anna-is-cute/paste#233], [google/certificate-transparency#1109]
    [InlineData("GZip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")] // [QuantumNous/new-api#4913]
    [InlineData("identity, gzip")]
    [InlineData("gzip,identity")]
    [InlineData("utf-8")]
    [InlineData("identity;q=1")]
    public async Task A_body_of_another_encoding_is_refused_before_it_is_read(string contentEncoding)
    {
        await using var service = await Service.StartAsync();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Body));
        }

        packed.Position = 0;
        var detail = await RefusedAsync(service, with => with with { ContentEncoding = contentEncoding, Body = packed }, ("Accept-Encoding", "identity"));
        Assert.Contains("Content-Encoding", detail, StringComparison.Ordinal);
        Assert.Equal(0, packed.Position);
    }

    [Fact]
    public async Task Arming_a_timeout_has_the_same_rules()
    {
        await using var service = await Service.StartAsync();
        const string timeout = """{"orderId":"1443","after":"PT30M"}""";
        Assert.Equal(201, (await service.ArmAsync(timeout, with => with with { ContentType = "application/json; charset=utf8" })).StatusCode);
        Assert.Equal(415, (await service.ArmAsync(timeout, with => with with { ContentType = "text/plain" })).StatusCode);
        Assert.Equal(415, (await service.ArmAsync(timeout, with => with with { ContentEncoding = "gzip" })).StatusCode);
    }

    /// <summary>The status and the header: RFC 9110, section 15.5.16.</summary>
    private static async Task<string> RefusedAsync(Service service, Func<ApiRequest, ApiRequest> with, (string Name, string Value) header)
    {
        var response = await service.PostAsync(Body, with);
        var problem = Service.Json(response.Body);
        Assert.Equal((415, "urn:onramp-cancel:problem:unsupported-media-type"), (response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Equal([KeyValuePair.Create(header.Name, header.Value)], response.Headers);
        Assert.Empty(service.Provider.Calls);
        return problem.GetProperty("detail").GetString()!;
    }
}
