namespace OnrampFunctions.Operator.Tests;

/// <summary>Errors that prevent access to the namespace are reported in one sentence with a remedy.</summary>
public sealed class FaultTests
{
    /// <summary>Every command that uses the namespace, and what it needs there.</summary>
    public static TheoryData<string, string> Commands =>
        new()
        {
            { "dead-letters list", "Azure Service Bus Data Receiver" },
            { "dead-letters show 1", "Azure Service Bus Data Receiver" },
            { "dead-letters replay --yes", "Azure Service Bus Data Receiver and Azure Service Bus Data Sender" },
            { "dead-letters remove --yes", "Azure Service Bus Data Receiver" },
            { "outcomes watch --subscription all", "Azure Service Bus Data Receiver" },
            { "cancel 1443 --yes", "Azure Service Bus Data Sender" },
            { "status", "Azure Service Bus Data Receiver" },
        };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_the_role_it_is_named(string command, string roles)
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            using RefusingNamespace refusing = new(refusal);
            var run = await Run.ToolAsync([.. command.Split(' '), "--connection-string", refusing.ConnectionString]);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith(
                $"You are not authorized in localhost. This command needs {roles}",
                run.Sentence,
                StringComparison.Ordinal
            );
            Assert.Contains("az role assignment create", run.Sentence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("dead-letters list --queue nowhere", "'nowhere")]
    [InlineData("dead-letters replay --queue nowhere --yes", "'nowhere")]
    [InlineData("cancel 1443 --queue nowhere --yes", "'nowhere")]
    [InlineData("outcomes watch --subscription nobody", "nobody")]
    [InlineData("outcomes watch --topic nowhere --subscription nobody", "nowhere")]
    [InlineData("status --subscription nobody", "nobody")]
    public async Task Missing_dead_letters_are_named(string command, string name)
    {
        await using var duty = await OperatorSession.StartAsync();
        var run = await duty.RunAsync(command.Split(' '));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(name, run.Sentence, StringComparison.Ordinal);
        Assert.Contains(
            "Specify existing ones with --queue, --topic or --subscription",
            run.Sentence,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "Specify the namespace: --namespace sb-example.servicebus.windows.net")]
    [InlineData("--namespace sb-example", "--namespace must be the full host name")]
    [InlineData("--namespace https://sb-example.servicebus.windows.net/", "--namespace must be the full host name")]
    [InlineData(
        "--namespace sb.example.net --connection-string x",
        "Specify only one of --namespace and --connection-string"
    )]
    [InlineData(
        "--connection-string Endpoint=sb://localhost;SharedAccessKey=very-secret",
        "The connection string must have SharedAccessKeyName and SharedAccessKey, or"
    )]
    [InlineData(
        "--connection-string Endpoint=sb://localhost;SharedAccessKeyName=k;SharedAccessKey=very-secret;EntityPath=cancel-requests",
        "The connection string must not have an EntityPath,"
    )]
    [InlineData(
        "--connection-string Endpoint=sb://localhost;SharedAccessKeyName=k;SharedAccessKey=very-secret;EntityPath=an-event-hub",
        "The connection string must not have an EntityPath,"
    )]
    [InlineData(
        "--connection-string DefaultEndpointsProtocol=https;AccountName=a;AccountKey=very-secret;EndpointSuffix=core.windows.net",
        "The connection string has no Endpoint."
    )]
    [InlineData("--connection-string InstrumentationKey=very-secret", "The connection string has no Endpoint.")]
    [InlineData(
        "--connection-string Endpoint=;SharedAccessKey=very-secret",
        "The connection string is not a valid Service Bus connection string"
    )]
    [InlineData(
        "--connection-string sb-example.servicebus.windows.net",
        "The connection string has no name=value pairs. To specify a host name, use --namespace"
    )]
    public async Task Cannot_run_without_a_connection(string options, string words)
    {
        var run = await Run.ToolAsync(["status", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(words, run.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", run.Error, StringComparison.Ordinal);
    }
}
