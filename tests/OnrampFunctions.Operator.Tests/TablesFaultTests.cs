using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Errors that prevent access to the tables are reported in one sentence with a remedy.</summary>
public sealed class TablesFaultTests
{
    private const string Key = "dmVyeS1zZWNyZXQ=";

    /// <summary>The commands that need only the tables, and their role.</summary>
    public static TheoryData<string, string> Commands =>
        new()
        {
            { "outcomes --order 1443", "Storage Table Data Reader" },
            { "timeouts list", "Storage Table Data Reader" },
            { "timeouts show --order 1443", "Storage Table Data Reader" },
            { "timeouts disarm --order 1443 --yes", "Storage Table Data Contributor" },
        };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_the_role_it_is_named(string command, string role)
    {
        var run = await RunAsync(command, HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"You are not authorized in st.example. This command needs {role} (az role assignment create",
            run.Sentence,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(403, "AuthenticationFailed", "st.example rejected the key of the connection string:")]
    [InlineData(
        403,
        "KeyBasedAuthenticationNotPermitted",
        "st.example does not allow keys: use its address with --tables"
    )]
    [InlineData(403, "AuthorizationFailure", "st.example does not allow this network:")]
    [InlineData(401, "InvalidAuthenticationInfo", "st.example rejected the sign-in: sign in to its tenant")]
    [InlineData(404, "TableNotFound", "st.example has no table Cancel")]
    [InlineData(503, "ServerBusy", "The tables at st.example are busy. Run the command again later")]
    [InlineData(404, null, "st.example is not a table service: it responded with status 404.")]
    [InlineData(405, null, "st.example is not a table service: it responded with status 405.")]
    [InlineData(400, "InvalidInput", "st.example responded with an error: ")]
    public async Task Names_the_cause_and_what_to_do(int status, string? code, string words)
    {
        foreach (var command in Commands)
        {
            var run = await RunAsync(command.Data.Item1, (HttpStatusCode)status, code);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith(words, run.Sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, run.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>The core reports only that disarming was not confirmed; the tool knows why.</summary>
    [Fact]
    public async Task A_missing_right_to_write_is_named_too()
    {
        await using var duty = await OperatorSession.StartAsync();
        using HttpClient client = new() { BaseAddress = duty.Host.BaseAddress };
        using StringContent body = new("""{"after":"PT2H"}""", Encoding.UTF8, "application/json");
        using var armed = await client.PutAsync("api/orders/1443/timeout", body, OperatorSession.Token);
        using ReadOnlyTables readOnly = new();
        duty.Tables = readOnly;

        var run = await duty.RunAsync("timeouts", "disarm", "--order", "1443", "--yes");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("This command needs Storage Table Data Contributor", run.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_a_table_service_a_stop_does_not_wait(string command, string role)
    {
        Assert.NotEmpty(role);
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var run = await Run.ToolAsync([.. command.Split(' '), "--tables", $"http://localhost:{port}"]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "localhost cannot be reached (the connection was refused). Check the address and the network",
            run.Sentence,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "Specify the tables: --tables https://stexample.table.core.windows.net, or one of the variables ")]
    [InlineData("--tables stexample", "--tables must be a complete address")]
    [InlineData("--tables https://stexample.blob.core.windows.net", "--tables is the address of the blob service")]
    [InlineData("--tables http://stexample.table.core.windows.net", "--tables must begin with https")]
    [InlineData(
        "--tables DefaultEndpointsProtocol=https;AccountName=st;AccountKey=" + Key,
        "--tables must be an address such as https://stexample.table.core.windows.net. For a connection string, set"
    )]
    [InlineData(
        "--tables https://st.table.core.windows.net/?sv=2024&sig=" + Key,
        "--tables must be an address such as https://stexample.table.core.windows.net. For a connection string, set"
    )]
    [InlineData("Records__TableServiceUri=st", "Records__TableServiceUri must be a complete address")]
    [InlineData(
        "AzureWebJobsStorage=Endpoint=sb://localhost;SharedAccessKeyName=k;SharedAccessKey=" + Key,
        "AzureWebJobsStorage is not a valid connection string of a storage account."
    )]
    public async Task Cannot_run_without_the_tables(string options, string words)
    {
        var setting = options.StartsWith("--", StringComparison.Ordinal) ? [] : options.Split('=', 2);
        var args = setting.Length > 0 ? "" : options;
        foreach (var command in Commands)
        {
            var run = await Run.ToolAsync(
                [.. command.Data.Item1.Split(' '), .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
                environment =>
                    environment with
                    {
                        Variable = name => setting is [var variable, var value] && variable == name ? value : null,
                    }
            );
            Assert.Equal(2, run.ExitCode);
            Assert.StartsWith(words, run.Sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, run.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>The account of the records takes precedence, like in the app, and an option over variables.</summary>
    [Theory]
    [InlineData("--tables http://localhost:1", "localhost")]
    [InlineData("Records__ConnectionString", "records.example")]
    [InlineData("AzureWebJobsStorage", "st.example")]
    public async Task The_first_of_several_settings_is_used(string first, string host)
    {
        string[] known = ["Records__ConnectionString", "AzureWebJobsStorage"];
        using Refusing network = new(HttpStatusCode.ServiceUnavailable, "ServerBusy");
        var run = await Run.ToolAsync(
            ["timeouts", "list", .. first.Contains(' ', StringComparison.Ordinal) ? first.Split(' ') : []],
            environment =>
                environment with
                {
                    Tables = network,
                    Variable = name =>
                        Array.IndexOf(known, name) >= Math.Max(0, Array.IndexOf(known, first))
                            ? ConnectionString(name[0] == 'R' ? "records.example" : "st.example")
                            : null,
                }
        );
        Assert.StartsWith($"The tables at {host} are busy.", run.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "http://localhost:7071/devstoreaccount1/CancelTimeouts()")]
    [InlineData("--tables http://127.0.0.1:8080", "http://127.0.0.1:8080/devstoreaccount1/CancelTimeouts()")]
    public async Task With_the_namespace_of_the_local_host_its_tables_are_the_default(string options, string address)
    {
        using Refusing network = new(HttpStatusCode.ServiceUnavailable, "ServerBusy");
        var run = await Run.ToolAsync(
            ["timeouts", "list", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            environment =>
                environment with
                {
                    Tables = network,
                    Variable = static name =>
                        name == "ServiceBus"
                            ? "Endpoint=sb://localhost;SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=true"
                            : null,
                }
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(address, network.Address?.GetLeftPart(UriPartial.Path));
        // The first request and one more.
        Assert.Equal(2, network.Requests);
    }

    private static async Task<Run> RunAsync(string command, HttpStatusCode status, string? code)
    {
        using Refusing network = new(status, code);
        return await Run.ToolAsync(
            command.Split(' '),
            environment =>
                environment with
                {
                    Tables = network,
                    Variable = static name =>
                        name == "Records__ConnectionString" ? ConnectionString("st.example") : null,
                }
        );
    }

    private static string ConnectionString(string host) =>
        $"DefaultEndpointsProtocol=https;AccountName=st;AccountKey={Key};TableEndpoint=https://{host};";

    private static HttpResponseMessage Refusal(HttpStatusCode status, string? code) =>
        new(status)
        {
            Content = code is null
                ? new StringContent("<html>no</html>", Encoding.UTF8, "text/html")
                : new StringContent(
                    $$"""{ "odata.error": { "code": "{{code}}", "message": { "lang": "en-US", "value": "No." } } }""",
                    Encoding.UTF8,
                    "application/json"
                ),
        };

    /// <summary>Gives one answer to every request.</summary>
    private sealed class Refusing(HttpStatusCode status, string? code) : HttpMessageHandler
    {
        public Uri? Address { get; private set; }

        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Address = request.RequestUri;
            Requests++;
            return Task.FromResult(Refusal(status, code));
        }
    }

    /// <summary>Denies every write.</summary>
    private sealed class ReadOnlyTables() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            request.Method == HttpMethod.Get
                ? base.SendAsync(request, cancellationToken)
                : Task.FromResult(Refusal(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch"));
    }
}
