using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// An incomplete body is an error of the caller or the network. It is reported to the caller and logged, but not as an
/// error of the service.
/// </summary>
public sealed class BrokenUploadTests
{
    public static TheoryData<Exception, int, string> Breaks =>
        new()
        {
            { new IOException("Bad chunk size data."), 400, "incomplete-body" },
            // [dotnet/aspnetcore#23949], [NethermindEth/nethermind#2329]
            { new IOException("Unexpected end of request content."), 400, "incomplete-body" },
            { new IOException("Connection reset by peer"), 400, "incomplete-body" },
            { new EndOfStreamException(), 400, "incomplete-body" },
            { new OperationCanceledException("The client hung up."), 400, "incomplete-body" },
            { new TaskCanceledException(), 400, "incomplete-body" },
            {
                new BadHttpRequestException("Reading the request body timed out due to data arriving too slowly.", 408),
                408,
                "request-timeout"
            },
            { new BadHttpRequestException("Request body too large.", 413), 413, "body-too-large" },
            {
                new BadHttpRequestException("Something that the web server has no better status for.", 500),
                400,
                "incomplete-body"
            },
        };

    [Theory]
    [MemberData(nameof(Breaks), DisableDiscoveryEnumeration = true)]
    public async Task A_broken_upload_is_reported_and_logged_and_has_no_effect(
        Exception exception,
        int status,
        string type
    )
    {
        await using var service = await Service.StartAsync();
        ApiRequest Broken(ApiRequest with) =>
            with with
            {
                Body = new BreakingBody("{\"orderId\":\"1443\""u8.ToArray(), exception),
            };
        foreach (
            var response in (ApiResponse[])[await service.PostAsync("", Broken), await service.ArmAsync("", Broken)]
        )
        {
            var problem = Service.Json(response.Body);
            Assert.Equal(
                (status, $"urn:onramp-cancel:problem:{type}"),
                (response.StatusCode, problem.GetProperty("type").GetString())
            );
            Assert.DoesNotContain("1443", Encoding.UTF8.GetString(response.Body.Span), StringComparison.Ordinal);
        }

        var noted = service.Log.Lines.Where(line => line.Text.Contains("body", StringComparison.Ordinal)).ToList();
        Assert.Equal([LogLevel.Debug, LogLevel.Debug], noted.Select(line => line.Level));
        Assert.DoesNotContain(
            service.Log.Lines,
            line => line.Level >= LogLevel.Warning || line.Text.Contains("   at ", StringComparison.Ordinal)
        );
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Queue.Scheduled);
    }

    public static TheoryData<Exception, bool> Ends =>
        new()
        {
            { new OperationCanceledException(), true },
            { new TaskCanceledException(), true },
            { new ConnectionResetException("Reset by peer"), true },
            { new IOException("Bad chunk size data."), false },
            { new BadHttpRequestException("Too slow.", 408), false },
        };

    /// <summary>Without that, a web server would wait for the rest of the body before it frees the connection.</summary>
    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public void The_connection_of_an_upload_that_has_ended_is_aborted(Exception exception, bool isAborted)
    {
        Lifetime lifetime = new();
        DefaultHttpContext context = new();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);

        BrokenUpload.StatusOf(context, exception);

        Assert.Equal(isAborted, lifetime.IsAborted);
    }

    [Fact]
    public async Task A_broken_upload_without_a_status_of_the_server_is_a_400()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(
            400,
            (
                await service.PostAsync("", with => with with { Body = new BreakingBody([], new IOException()) })
            ).StatusCode
        );
    }

    /// <summary>
    /// Work in progress has three seconds, and no new work starts. Both are reported, and neither is a broken upload.
    /// </summary>
    [Fact]
    public async Task A_service_that_stops_says_so_and_does_not_wait_for_a_body()
    {
        await using var service = await Service.StartAsync();
        var pending = service.PostAsync("", static with => with with { Body = new Silence() });
        var closing = service
            .Get<WorkInProgress>()
            .CloseAsync(GracefulShutdown.Patience, TestContext.Current.CancellationToken);
        var late = await service.PostAsync("""{"orderId":"1443"}""");
        service.Time.Advance(GracefulShutdown.Patience);
        await closing;
        Assert.All(
            [late, await pending],
            static response =>
            {
                Assert.Equal((503, "5"), (response.StatusCode, response.Header("Retry-After")));
                Assert.Contains("urn:onramp-cancel:problem:stopping", response.Text, StringComparison.Ordinal);
            }
        );
        Assert.Empty(service.Provider.Calls);
        Assert.DoesNotContain(
            service.Log.Lines,
            static line => line.Text.Contains("did not arrive", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_fault_in_the_program_stays_an_error()
    {
        await using var service = await Service.StartAsync();
        var response = await service.PostAsync(
            "",
            with => with with { Body = new BreakingBody([], new InvalidOperationException()) }
        );
        Assert.Equal(500, response.StatusCode);
        Assert.Contains(service.Log.Lines, line => line.Level == LogLevel.Error);
    }

    /// <summary>Returns some bytes and then throws.</summary>
    private sealed class BreakingBody(byte[] start, Exception exception) : MemoryStream(start)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            var read = await base.ReadAsync(buffer, CancellationToken.None);
            return read > 0 ? read : throw exception;
        }
    }

    /// <summary>A body that never arrives.</summary>
    private sealed class Silence : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
