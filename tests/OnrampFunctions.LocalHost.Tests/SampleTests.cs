namespace OnrampFunctions.Local.Tests;

/// <summary>The sample requests do what their comments say, one after the other, as a newcomer sends them.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Can_send_every_sample_request()
    {
        await using var host = await RunningHost.StartAsync();

        foreach (var sample in HttpFile.Read(Path.Combine(AppContext.BaseDirectory, "samples", "local-host.http")))
        {
            using var request = sample.Body.Length > 0
                ? RunningHost.Request(sample.Method, sample.Path, sample.Body, [.. sample.Headers])
                : new HttpRequestMessage(sample.Method, sample.Path);
            var answer = await host.SendAsync(request);

            Assert.True(
                (int)answer.Status == sample.ExpectedStatus && answer.Body.Contains(sample.ExpectedText, StringComparison.Ordinal),
                $"{sample.Method} {sample.Path} should answer {sample.ExpectedStatus} with {sample.ExpectedText}; it answered {(int)answer.Status} with {answer.Body}");
        }
    }
}
