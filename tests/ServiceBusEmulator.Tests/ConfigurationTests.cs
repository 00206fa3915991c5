namespace ServiceBusEmulator.Tests;

/// <summary>Reading the official emulator's configuration file.</summary>
public sealed class ConfigurationTests
{
    public static TheoryData<string, string> Configurations =>
        new()
        {
            { "{", "cannot be read: it is not valid JSON at line 1, byte 2." },
            { "[]", "cannot be read: the value of the file has the wrong type." },
            {
                Queue("""{"Name":1}"""),
                "cannot be read: the value of UserConfig.Namespaces[0].Queues[0].Name has the wrong type."
            },
            { "{}", "no UserConfig.Namespaces" },
            { Queue("""{"Name":"q","Properties":{"RequiresSession":true}}"""), "'q' requires sessions" },
            { Queue("""{"Name":"q","Properties":{"LockDuration":"soon"}}"""), "LockDuration of 'q' is not a duration" },
            { Queue("""{"Name":"q","Properties":{"MaxDeliveryCount":0}}"""), "MaxDeliveryCount of 'q'" },
            { Queue("""{"Name":"a b"}"""), "'a b' is not a valid name" },
            { Queue("""{"Name":"q"},{"Name":"Q"}"""), "two entities named 'q'" },
            {
                Queue("""{"Name":"q","Properties":{"ForwardTo":"nowhere"}}"""),
                "'nowhere', which is not a queue or topic"
            },
            {
                Queue(
                    """{"Name":"q","Properties":{"ForwardTo":"r"}},{"Name":"r","Properties":{"ForwardDeadLetteredMessagesTo":"q"}}"""
                ),
                "leads back to it"
            },
            { Queue("""{"Name":"q","Properties":{"ForwardTo":"q"}}"""), "leads back to it" },
            { Queue("null"), "Queues has an entry that is null: remove it" },
            { Queue("""{"Name":null}"""), "'' is not a valid name" },
            { """{"UserConfig":null}""", "no UserConfig.Namespaces" },
            { """{"UserConfig":{"Namespaces":null}}""", "no UserConfig.Namespaces" },
            {
                Rule("""{"FilterType":"Sql","SqlFilter":{"SqlExpression":"sys.Label = 'a'"}}"""),
                "rule 'r' of 't/subscriptions/s' has the SQL filter \"sys.Label = 'a'\"; the emulator only supports 1=1 and 1=0: use a correlation filter"
            },
            {
                Rule("""{"FilterType":"Sql","SqlFilter":{"SqlExpression":"1=1 AND p = 2"}}"""),
                "use a correlation filter"
            },
            {
                Rule(
                    """{"FilterType":"Sql","SqlFilter":{"SqlExpression":"1=1"},"Action":{"SqlExpression":"SET sys.To = 'e'"}}"""
                ),
                "has an action, which the emulator does not support: remove it"
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
    [MemberData(nameof(Configurations))]
    public void Cannot_read_a_file_that_it_does_not_support(string json, string words)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            var failure = Assert.Throws<EmulatorConfigException>(() => EmulatorConfig.Read(path));
            Assert.Contains(path, failure.Message, StringComparison.Ordinal);
            Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Null means missing, as in the official emulator; comments and unknown properties are ignored.</summary>
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
    public async Task Reads_what_the_official_emulator_reads(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, json, RunningEmulator.Token);
            using MessageBroker broker = new(EmulatorConfig.Read(path), TimeProvider.System);
            Assert.NotNull(broker);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// Tools write the filter for every message in SQL. The number says how many of one message pass.
    /// </summary>
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
    public async Task Filters_as_the_rules_say(string rules, int expected)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, Rules(rules), RunningEmulator.Token);
            using MessageBroker broker = new(EmulatorConfig.Read(path), TimeProvider.System);
            Assert.True(broker.TryFind("t/subscriptions/s", out var subscription));

            broker.Topics.Single().Publish(new BrokerMessage { MessageId = "a" });

            Assert.Equal(expected, subscription.Counts.Ready);
        }
        finally
        {
            File.Delete(path);
        }
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
}
