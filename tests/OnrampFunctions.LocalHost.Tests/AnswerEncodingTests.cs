using System.IO.Compression;
using System.Net;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Content codings of the provider's answers (RFC 9110, section 8.4), over a real connection.</summary>
public sealed class AnswerEncodingTests
{
    private const string Success = """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""";

    private static readonly Dictionary<string, (string? Coding, Func<Stream, Stream> Encode)> Successes = new()
    {
        ["not compressed"] = (null, Plain),
        ["gzip [jquatier/eureka-js-client#54]"] = ("gzip", Gzip),
        ["gzip in capitals"] = ("GZIP", Gzip),
        ["brotli"] = ("br", Brotli),
        ["deflate"] = ("deflate", Zlib),
        ["deflate without its wrapper [axios/axios#3887, dotnet/runtime#38022]"] = ("deflate", Deflate),
        ["a charset instead of a coding"] = ("utf-8", Plain),
        ["a charset and gzip"] = ("utf-8, gzip", Gzip),
        ["an unknown coding of text"] = ("none", Plain),
        ["identity"] = ("identity", Plain),
    };

    private static readonly Dictionary<string, (string? Coding, Func<Stream, Stream> Encode, string Detail)> Failures =
        new()
        {
            ["gzip that is not"] = ("gzip", Plain, "an answer that cannot be decompressed"),
            ["brotli that is not"] = ("br", Plain, "an answer that cannot be decompressed"),
            ["deflate that is not"] = ("deflate", Plain, "an answer that cannot be decompressed"),
            ["an unknown coding of bytes"] = (
                "zstd",
                Gzip,
                "an answer in a content coding other than gzip, deflate and br"
            ),
            ["gzip twice"] = (
                "gzip, gzip",
                static stream => Gzip(Gzip(stream)),
                "an answer in a content coding other than gzip, deflate and br"
            ),
        };

    public static TheoryData<string> SuccessNames => [.. Successes.Keys];

    public static TheoryData<string> FailureNames => [.. Failures.Keys];

    [Theory]
    [MemberData(nameof(SuccessNames))]
    public async Task Reads_a_success_in_a_usual_coding(string name)
    {
        var (coding, encode) = Successes[name];
        using WireRecorder provider = new();
        await using var host = await RunningHost.StartAsync(
            ("Onramp__BaseUrl", provider.Url),
            ("Onramp__MaxRetries", "0")
        );
        var recording = provider.AnswerOneAsync(Encoded(Success, encode), Head(coding));
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
        await recording;
    }

    [Theory]
    [MemberData(nameof(FailureNames))]
    public async Task Retries_an_answer_that_cannot_be_decoded_and_says_why(string name)
    {
        var (coding, encode, detail) = Failures[name];
        await CannotReadAsync(coding, Encoded(Success, encode), detail);
    }

    [Theory]
    [InlineData(null, 70_000)]
    [InlineData("gzip", 10_000_000)]
    [InlineData("br", 10_000_000)]
    [InlineData("deflate", 10_000_000)]
    public async Task Cannot_read_an_answer_that_is_too_long_whatever_its_compressed_length(
        string? coding,
        int length
    ) =>
        await CannotReadAsync(
            coding,
            Encoded(
                new string(' ', length) + Success,
                coding switch
                {
                    "gzip" => Gzip,
                    "br" => Brotli,
                    "deflate" => Zlib,
                    _ => Plain,
                }
            ),
            "an answer of more than 65536 bytes"
        );

    private static async Task CannotReadAsync(string? coding, byte[] body, string detail)
    {
        using WireRecorder provider = new();
        await using var host = await RunningHost.StartAsync(
            ("Onramp__BaseUrl", provider.Url),
            ("Onramp__MaxRetries", "0")
        );
        var recording = Task.Run(
            async () =>
            {
                await provider.AnswerOneAsync(body, Head(coding));
                await provider.AnswerOneAsync(body, Head(coding));
            },
            RunningHost.Token
        );
        var answer = await host.CancelAsync("1443");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains(detail, answer.Body, StringComparison.Ordinal);
        await recording;
    }

    private static string Head(string? coding) => coding is null ? "200 OK" : $"200 OK\r\nContent-Encoding: {coding}";

    private static byte[] Encoded(string text, Func<Stream, Stream> encode)
    {
        using MemoryStream encoded = new();
        using (var encoder = encode(encoded))
        {
            encoder.Write(Encoding.UTF8.GetBytes(text));
        }

        return encoded.ToArray();
    }

    private static Stream Plain(Stream stream) => stream;

    private static GZipStream Gzip(Stream stream) => new(stream, CompressionLevel.Fastest);

    private static BrotliStream Brotli(Stream stream) => new(stream, CompressionLevel.Fastest);

    private static ZLibStream Zlib(Stream stream) => new(stream, CompressionLevel.Fastest);

    private static DeflateStream Deflate(Stream stream) => new(stream, CompressionLevel.Fastest);
}
