using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The program: its output when it starts, when it cannot start, and when it stops.</summary>
public sealed partial class ProgramTests
{
    private const string AnyPort = "--urls http://127.0.0.1:0";

    [Theory]
    [InlineData(
        AnyPort,
        "KeyVault__ApiSecretSecretName",
        "no-such-secret",
        "'no-such-secret'",
        "does not have this secret"
    )]
    [InlineData(AnyPort, "LocalHost__Vault", "down", "Key Vault https://local.vault.azure.net/", "cannot be reached")]
    [InlineData(AnyPort, "LocalHost__Vault", "forbidden", "Key Vault Secrets User", "access is denied")]
    [InlineData(AnyPort, "LocalHost__Vault", "nonsense", "is not from this Key Vault", "Check KeyVault__VaultUri")]
    [InlineData(
        AnyPort,
        "LocalHost__Vault",
        "sideways",
        "LocalHost__Vault is not valid",
        "ok, slow, down, forbidden, nonsense"
    )]
    [InlineData(
        AnyPort,
        "LocalHost__Vault",
        "1",
        "LocalHost__Vault is not valid",
        "ok, slow, down, forbidden, nonsense"
    )]
    [InlineData(AnyPort, "LocalHost__ApiSecret", " padded ", "onramp-api-secret", "white space")]
    [InlineData(AnyPort, "LocalHost__ApiSecret", "\"quoted\"", "onramp-api-secret", "is in quotes")]
    [InlineData(AnyPort, "KeyVault__VaultUri", "", "KeyVault__VaultUri is missing", "https://")]
    [InlineData(AnyPort, "Onramp__BaseUrl", "http://api.onramp.money", "Onramp__BaseUrl must be an https address", "")]
    [InlineData(AnyPort, "Onramp__CallTimeout", "soon", "Onramp__CallTimeout is not valid", "for example 00:00:06")]
    [InlineData(AnyPort, "Queue__RetryDelays__4", "00:30:00", "Queue__RetryDelays__0 is missing", "")]
    [InlineData(AnyPort, "LocalHost__Receivers", "0", "LocalHost__Receivers must be between", "")]
    [InlineData(AnyPort, "LocalHost__Receivers", "many", "LocalHost__Receivers is not valid", "for example 2")]
    [InlineData(
        AnyPort,
        "LocalHost__LockDuration",
        "30",
        "LocalHost__LockDuration is not valid",
        "for example 00:00:06"
    )]
    [InlineData(AnyPort, "LocalHost__Recievers", "1", "LocalHost__Recievers is not a setting", "LocalHost__Receivers")]
    [InlineData(AnyPort, "LocalHost__KeptMessages", "0", "LocalHost__KeptMessages must be between", "")]
    [InlineData(AnyPort, "LocalHost__Partitions", "0", "LocalHost__Partitions must be between 1 and 16", "")]
    [InlineData(AnyPort, "LocalHost__Partitions", "17", "LocalHost__Partitions must be between 1 and 16", "")]
    [InlineData(AnyPort, "LocalHost__Amqp", "0.0.0.0:5672", "this machine only", "localhost:5672")]
    [InlineData(
        AnyPort,
        "LocalHost__EmulatorConfig",
        "no-such-file.json",
        "LocalHost__EmulatorConfig: no-such-file.json cannot be read",
        ""
    )]
    [InlineData("--urls http://0.0.0.0:7071", "", "", "this machine only", "http://localhost:7071")]
    [InlineData("--urls http://+:7071", "", "", "this machine only", "http://localhost:7071")]
    [InlineData("--urls https://localhost:7071", "", "", "plain http", "http://localhost:7071")]
    [InlineData("--halp", "", "", "'--halp' is not an option", "--help lists them")]
    [InlineData("--url http://localhost:7080", "", "", "'--url' is not an option", "--urls http://localhost:7080")]
    public async Task Cannot_start_and_says_why_in_one_sentence(
        string arguments,
        string setting,
        string value,
        string what,
        string mend
    )
    {
        AssertRefused(await RunAsync(arguments, setting.Length > 0 ? [(setting, value)] : []), what, mend);
    }

    /// <summary>Of the above one of each kind, with the setting in the environment.</summary>
    [Theory]
    [InlineData("LocalHost__Receivers", "many", "LocalHost__Receivers is not valid", "for example 2")]
    [InlineData("LocalHost__Vault", "down", "Key Vault https://local.vault.azure.net/", "cannot be reached")]
    [InlineData("Onramp__CallTimeout", "soon", "Onramp__CallTimeout is not valid", "for example 00:00:06")]
    public async Task Cannot_start_as_a_process_either(string setting, string value, string what, string mend)
    {
        using var program = HostProcess.Start(AnyPort, (setting, value));

        AssertRefused(await program.EndAsync(), what, mend);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--urls http://127.0.0.1:0 --help")]
    public async Task Explains_itself_instead_of_starting(string arguments)
    {
        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.DoesNotContain("listens on", output, StringComparison.Ordinal);
        var document = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "documents", "local-host-reference.md"),
            RunningHost.Token
        );
        Assert.Equal(
            SettingName()
                .Matches(document.Split("## Settings")[1].Split("\n## ")[0])
                .Select(static name => name.Value)
                .Distinct()
                .Order(StringComparer.Ordinal),
            SettingName().Matches(output).Select(static name => name.Value).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Cannot_start_on_a_port_that_is_taken()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var program = HostProcess.Start($"--urls http://localhost:{port}");

        var (exitCode, _, error) = await program.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Equal(
            $"Port {port} is taken or not allowed: end the program that uses it, or choose another one with --urls http://localhost:7080.",
            error.Trim()
        );
    }

    [Fact]
    public async Task Says_where_it_listens_what_there_is_and_what_to_try()
    {
        using var program = HostProcess.Start(AnyPort);

        Assert.Contains(
            "this machine only",
            await program.ReadUntilAsync("listens on http://127.0.0.1:"),
            StringComparison.Ordinal
        );
        await program.ReadUntilAsync("1443  waiting for payment");
        await program.ReadUntilAsync("1448  waiting for payment, hash 9f86d081884c7d65");
        await program.ReadUntilAsync("/api/orders/cancel");
        await program.ReadUntilAsync("/cancel-requests/messages");
        await program.ReadUntilAsync("/cancel-results/subscriptions/local/messages/head");
        await program.ReadUntilAsync("Endpoint=sb://localhost:");
        await program.ReadUntilAsync(
            "The latest 1000 unread outcomes and dead letters are kept (LocalHost__KeptMessages)"
        );
    }

    /// <summary>Both bind the port before either listens.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_concurrent_starts_one_reports_that_the_port_is_in_use(bool byAmqp)
    {
        LocalHostOptions options = new() { Quiet = true };
        await using var first = LocalApp.Create(AnyPort.Split(' '), options);
        var port = byAmqp
            ? ServiceBusConnectionStringProperties.Parse(first.ServiceBusConnectionString).Endpoint.Port
            : first.BaseAddress.Port;
        string[] samePort = byAmqp
            ? [.. AnyPort.Split(' '), "--LocalHost:Amqp", $"127.0.0.1:{port}"]
            : ["--urls", $"http://127.0.0.1:{port}", "--LocalHost:Amqp", "off"];
        await using var second = LocalApp.Create(samePort, options);
        await first.StartAsync(RunningHost.Token);

        var refused = await Assert.ThrowsAsync<LocalHostException>(() => second.StartAsync(RunningHost.Token));

        Assert.StartsWith($"Port {port} is taken or not allowed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_within_five_seconds_of_an_interrupt_in_the_middle_of_work()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no signal to send.");
        using var program = HostProcess.Start(
            AnyPort,
            ("Onramp__CallTimeout", "00:00:30"),
            ("Onramp__TotalBudget", "00:02:00")
        );
        var line = await program.ReadUntilAsync("listens on");
        using HttpClient client = new()
        {
            BaseAddress = new Uri(line.Split(' ').Single(word => word.StartsWith("http", StringComparison.Ordinal))),
        };
        using StringContent hangs = new("""{"faults":["hang"]}""");
        await client.PutAsync("/simulator/orders/1443", hangs, RunningHost.Token);
        using var cancel = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", """{"orderId":"1443"}""");
        using var later = RunningHost.Request(
            HttpMethod.Post,
            "/cancel-requests/messages",
            """{"orderId":"1444"}""",
            ("BrokerProperties", """{"ScheduledEnqueueTimeUtc":"2100-01-01T00:00:00Z"}""")
        );
        await client.SendAsync(later, RunningHost.Token);
        var answer = client.SendAsync(cancel, RunningHost.Token);
        while (
            !(await client.GetStringAsync("/simulator/orders/1443", RunningHost.Token)).Contains(
                "\"cancelCalls\":1",
                StringComparison.Ordinal
            )
        ) { }

        var started = Stopwatch.GetTimestamp();
        program.Interrupt();
        var (exitCode, output, error) = await program.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).StatusCode);
        Assert.Contains("0 waiting, 1 scheduled", output, StringComparison.Ordinal);
    }

    /// <summary>
    /// Runs the program in this process, because starting one takes a hundred times as long. No other test uses the
    /// console.
    /// </summary>
    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string arguments,
        params (string Name, string Value)[] settings
    )
    {
        if (HostProcess.Published is not null)
        {
            using var program = HostProcess.Start(arguments, settings);
            return await program.EndAsync();
        }

        var options = settings.SelectMany(static setting =>
            new[] { $"--{setting.Name.Replace("__", ":", StringComparison.Ordinal)}", setting.Value }
        );
        var (standardOutput, standardError) = (Console.Out, Console.Error);
        await using StringWriter output = new();
        await using StringWriter error = new();
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            var exitCode = await LocalApp
                .RunAsync([.. arguments.Split(' '), .. options])
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            return (exitCode, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(standardOutput);
            Console.SetError(standardError);
        }
    }

    private static void AssertRefused((int ExitCode, string Output, string Error) run, string what, string mend)
    {
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.Trim().Split('\n'));
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.Contains(mend, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("LocalHost__[A-Za-z]+")]
    private static partial Regex SettingName();
}
