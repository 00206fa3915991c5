using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Benchmarks;

/// <summary>Measures signing a request, including the header strings, against a bare HMAC of the same bytes.</summary>
public class SigningBenchmark
{
    private readonly byte[] _secret = "test_secret"u8.ToArray();
    private readonly byte[] _mac = new byte[HMACSHA512.HashSizeInBytes];
    private readonly OrderReference _order = OrderReference.FromOrderId("1443");
    private byte[] _payload = [];
    private LocalApp? _host;
    private SigningService? _signing;

    [GlobalSetup]
    public void SetUp()
    {
        _host = LocalApp.Create(["--urls", "http://127.0.0.1:0"], new LocalHostOptions { Quiet = true });
        _host.StartAsync().GetAwaiter().GetResult();
        _signing = (SigningService)_host.Services.GetService(typeof(SigningService))!;
        _payload = Encoding.ASCII.GetBytes(_signing.Sign(_order.Json.Span).Payload);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _host!.StopAsync().GetAwaiter().GetResult();
        _host.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Benchmark(Baseline = true)]
    public int BareHmac() => HMACSHA512.HashData(_secret, _payload, _mac);

    [Benchmark]
    public int Sign() => _signing!.Sign(_order.Json.Span).Signature.Length;

    /// <summary>Runs both benchmarks.</summary>
    /// <returns>Nanoseconds of the bare HMAC and of signing.</returns>
    public static (double Bare, double Sign) Measure(Job job)
    {
        var config = ManualConfig
            .CreateEmpty()
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
            .AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.DisableOptimizationsValidator);
        var reports = BenchmarkRunner.Run<SigningBenchmark>(config).Reports;
        return (Median(nameof(BareHmac)), Median(nameof(Sign)));

        double Median(string method) =>
            reports
                .Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method)
                .ResultStatistics!.Median;
    }
}
