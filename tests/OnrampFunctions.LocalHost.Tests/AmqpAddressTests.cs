using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Where the local host listens for Service Bus clients.</summary>
public sealed class AmqpAddressTests
{
    [Theory]
    [InlineData("0.0.0.0:5672", "this machine only")]
    [InlineData("example.org:5672", "this machine only")]
    [InlineData("*:5672", "this machine only")]
    [InlineData("localhost:5672/path", "this machine only")]
    [InlineData("localhost:99999", "this machine only")]
    public void Cannot_listen_elsewhere(string setting, string words)
    {
        var failure = Assert.Throws<LocalHostException>(() => Create(("LocalHost__Amqp", setting)));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_start_on_a_port_that_is_taken()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var failure = Assert.Throws<LocalHostException>(() => Create(("LocalHost__Amqp", $"localhost:{port}")));

        Assert.StartsWith(
            $"Port {port} is taken or not allowed: end the program that uses it, choose another one",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("or none with LocalHost__Amqp=off.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_share_a_port_with_the_web_server()
    {
        var port = InstalledProgram.FreePort();

        var failure = Assert.Throws<LocalHostException>(() =>
            Create(("LocalHost__Url", $"http://localhost:{port}"), ("LocalHost__Amqp", $"localhost:{port}"))
        );

        Assert.StartsWith($"Port {port} cannot be used twice", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listens_on_loopback_and_nowhere_else()
    {
        await using var host = Create();
        await host.StartAsync(RunningHost.Token);
        var amqpPort = new Uri(host.ServiceBusConnectionString!.Split(';')[0]["Endpoint=".Length..]).Port;
        var own = new[] { host.BaseAddress.Port, amqpPort };

        var listeners = IPGlobalProperties
            .GetIPGlobalProperties()
            .GetActiveTcpListeners()
            .Where(listener => own.Contains(listener.Port))
            .ToList();

        Assert.All(own, port => Assert.Contains(listeners, listener => listener.Port == port));
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener}"));
    }

    private static LocalApp Create(params (string Name, string Value)[] settings) =>
        LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Quiet = true,
                Settings = settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value),
            }
        );
}
