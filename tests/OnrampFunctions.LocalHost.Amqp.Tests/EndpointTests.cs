using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>Where it listens, and what it makes of its settings and of callers that speak something else.</summary>
public sealed class EndpointTests
{
    public static TheoryData<string, string> Configurations =>
        new()
        {
            { "{", "cannot be read: it is not valid JSON at line 1, byte 2." },
            { "[]", "cannot be read: the value of the file is not of the kind that belongs there." },
            {
                Queue("""{"Name":1}"""),
                "cannot be read: the value of UserConfig.Namespaces[0].Queues[0].Name is not of the kind that belongs there."
            },
            { "{}", "no UserConfig.Namespaces" },
            { Queue("""{"Name":"q","Properties":{"RequiresSession":true}}"""), "'q' wants sessions" },
            { Queue("""{"Name":"q","Properties":{"LockDuration":"soon"}}"""), "LockDuration of 'q' is not a duration" },
            { Queue("""{"Name":"q","Properties":{"MaxDeliveryCount":0}}"""), "MaxDeliveryCount of 'q'" },
            { Queue("""{"Name":"a b"}"""), "'a b' is not a name" },
            { Queue("""{"Name":"q"},{"Name":"Q"}"""), "two of the name 'q'" },
            { Queue("""{"Name":"q","Properties":{"ForwardTo":"nowhere"}}"""), "'nowhere', which is neither" },
            {
                Queue(
                    """{"Name":"q","Properties":{"ForwardTo":"r"}},{"Name":"r","Properties":{"ForwardDeadLetteredMessagesTo":"q"}}"""
                ),
                "would come back"
            },
            { Queue("""{"Name":"q","Properties":{"ForwardTo":"q"}}"""), "would come back" },
            { Queue("null"), "Queues has an entry that is null: remove it" },
            { Queue("""{"Name":null}"""), "'' is not a name" },
            { """{"UserConfig":null}""", "no UserConfig.Namespaces" },
            { """{"UserConfig":{"Namespaces":null}}""", "no UserConfig.Namespaces" },
            {
                Rule("""{"FilterType":"Sql","SqlFilter":{"SqlExpression":"sys.Label = 'a'"}}"""),
                "rule 'r' of 't/subscriptions/s' has the SQL filter \"sys.Label = 'a'\"; the local broker knows 1=1 and 1=0 only: use a correlation filter"
            },
            {
                Rule("""{"FilterType":"Sql","SqlFilter":{"SqlExpression":"1=1 AND p = 2"}}"""),
                "use a correlation filter"
            },
            {
                Rule(
                    """{"FilterType":"Sql","SqlFilter":{"SqlExpression":"1=1"},"Action":{"SqlExpression":"SET sys.To = 'e'"}}"""
                ),
                "has an action, which the local broker does not run: remove it"
            },
            { Rule("""{"FilterType":"Sql"}"""), "give it FilterType Correlation and a CorrelationFilter" },
            { Rule("null"), "give it FilterType Correlation and a CorrelationFilter" },
            {
                Rule("""{"FilterType":"Correlation","CorrelationFilter":{"Colour":"red"}}"""),
                "'Colour' in rule 'r' of 't/subscriptions/s'"
            },
            { Rule("""{"FilterType":"Correlation","CorrelationFilter":{"Properties":{"p":[]}}}"""), "property 'p'" },
        };

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
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        other.Stop();

        var failure = Assert.Throws<LocalHostException>(() =>
            Create(("LocalHost__Url", $"http://localhost:{port}"), ("LocalHost__Amqp", $"localhost:{port}"))
        );

        Assert.StartsWith($"Port {port} cannot be both", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Cannot_start_with_entities_that_it_does_not_understand(string json, string words)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            var failure = Assert.Throws<LocalHostException>(() => Create(("LocalHost__EmulatorConfig", path)));
            Assert.StartsWith("LocalHost__EmulatorConfig: ", failure.Message, StringComparison.Ordinal);
            Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// What is null counts as missing, as in the official emulator; comments and what only that knows are passed over.
    /// </summary>
    [Theory]
    [InlineData("""{"UserConfig":{"Namespaces":[]}}""")]
    [InlineData(
        """{"UserConfig":{"Namespaces":[{"Name":"n","Queues":null,"Topics":null}],"Logging":{"Type":"File"}}}"""
    )]
    [InlineData(
        """{"UserConfig":{"Namespaces":[{"Queues":[{"Name":"q","Properties":null}],"Topics":[{"Name":"t","Properties":null,"Subscriptions":null}]}]}}"""
    )]
    [InlineData(
        """{"UserConfig":{"Namespaces":[{"Topics":[{"Name":"t","Subscriptions":[{"Name":"s","Properties":null,"Rules":null}]}]}]}}"""
    )]
    [InlineData(
        """{"UserConfig":{"Namespaces":[{"Queues":[{"Name":"q","Properties":{"RequiresSession":null,"RequiresDuplicateDetection":null,"DeadLetteringOnMessageExpiration":null,"LockDuration":null,"MaxDeliveryCount":null,"ForwardTo":null,"AutoDeleteOnIdle":"P1D"}}]}]}}"""
    )]
    [InlineData(
        "{/* why */\"userConfig\":{\"namespaces\":[{\"queues\":[{\"name\":\"q\"},// the last\n],}]},\"Unknown\":{\"any\":[1]}}"
    )]
    public async Task Understands_what_the_emulator_does(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, json, Broker.Token);
            await using var host = Create(("LocalHost__EmulatorConfig", path));
            Assert.NotNull(host.Broker);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The filter that tools write for "everything" is SQL; what it lets through of one message.</summary>
    [Theory]
    [InlineData("""[{"Name":"r","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"1=1"}}}]""", 1)]
    [InlineData(
        """[{"Name":"r","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":" 1 = 1 "},"Action":null}}]""",
        1
    )]
    [InlineData(
        """[{"Name":"r","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"(1=1)"},"Action":{"SqlExpression":""}}}]""",
        1
    )]
    [InlineData("""[{"Name":"r","Properties":{"SqlFilter":{"SqlExpression":"TRUE"}}}]""", 1)]
    [InlineData("""[{"Name":"r","Properties":{"SqlFilter":{"SqlExpression":"true"}}}]""", 1)]
    [InlineData("""[{"Name":"r","Properties":{"SqlFilter":{"SqlExpression":"1=0"}}}]""", 0)]
    [InlineData("""[{"Name":"r","Properties":{"SqlFilter":{"SqlExpression":"false"}}}]""", 0)]
    [InlineData(
        """[{"Name":"r","Properties":{"FilterType":"Correlation","CorrelationFilter":{"Label":"other"}}}]""",
        0
    )]
    [InlineData("""[{"Name":"r","Properties":{"FilterType":"Correlation","CorrelationFilter":{"Label":null}}}]""", 1)]
    [InlineData(
        """[{"Name":"r","Properties":{"FilterType":"Correlation","CorrelationFilter":{"Label":"other"}}},{"Name":"r2","Properties":{"SqlFilter":{"SqlExpression":"1=1"}}}]""",
        1
    )]
    [InlineData("[]", 1)]
    public async Task Lets_through_what_the_rules_do(string rules, int expected)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, Rules(rules), Broker.Token);
            await using var host = Create(("LocalHost__EmulatorConfig", path));
            await host.StartAsync(Broker.Token);
            Assert.True(host.Broker.TryFind("t/subscriptions/s", out var subscription));
            using HttpClient http = new() { BaseAddress = host.BaseAddress };
            using StringContent content = new("a");

            using var answer = await http.PostAsync(new Uri("t/messages", UriKind.Relative), content, Broker.Token);

            Assert.Equal(expected, subscription.Counts.Ready);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Listens_on_loopback_and_nowhere_else()
    {
        await using var broker = await Broker.StartAsync();
        var own = new[] { broker.Host.BaseAddress.Port, broker.Port };

        var listeners = IPGlobalProperties
            .GetIPGlobalProperties()
            .GetActiveTcpListeners()
            .Where(listener => own.Contains(listener.Port))
            .ToList();

        Assert.All(own, port => Assert.Contains(listeners, listener => listener.Port == port));
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener}"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("AMQP\0\0\u0009\u0001")]
    [InlineData("AMQP\u0003\u0001\0\0\0\0\0\u0008\u0002\u0001\0\0nonsense")]
    [InlineData("")]
    public async Task Shrugs_at_whoever_speaks_something_else(string bytes)
    {
        await using var broker = await Broker.StartAsync();
        using (TcpClient stranger = new())
        {
            await stranger.ConnectAsync(IPAddress.Loopback, broker.Port, Broker.Token);
            await stranger.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes), Broker.Token);
        }

        await broker.SendAsync("orders", Messages.Of("a"));
        await using var receiver = broker.Receiver("orders");
        Assert.Equal("a", (await receiver.NextAsync()).MessageId);
    }

    [Fact]
    public async Task Stops_at_once_while_clients_are_connected()
    {
        var broker = await Broker.StartAsync();
        await using var receiver = broker.Receiver("orders");
        var waiting = receiver.NoneAsync();

        await broker.Host.StopAsync(Broker.Token).WaitAsync(TimeSpan.FromSeconds(4), Broker.Token);

        await Task.WhenAny(waiting);
        await broker.DisposeAsync();
    }

    private static string Queue(string queues) =>
        """{"UserConfig":{"Namespaces":[{"Queues":[*]}]}}""".Replace("*", queues, StringComparison.Ordinal);

    private static string Rule(string properties) =>
        Rules("""[{"Name":"r","Properties":*}]""".Replace("*", properties, StringComparison.Ordinal));

    private static string Rules(string rules) =>
        """{"UserConfig":{"Namespaces":[{"Topics":[{"Name":"t","Subscriptions":[{"Name":"s","Rules":*}]}]}]}}""".Replace(
            "*",
            rules,
            StringComparison.Ordinal
        );

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
