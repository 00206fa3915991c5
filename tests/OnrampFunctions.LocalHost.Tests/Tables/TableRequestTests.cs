using System.Net;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>What the table endpoint of the local host answers to requests of other programs.</summary>
public sealed class TableRequestTests(TableRequestTests.Store store) : IClassFixture<TableRequestTests.Store>
{
    private const string Account = "/devstoreaccount1",
        Row = $"{Account}/CancelRequests(PartitionKey='p',RowKey='r')",
        Key = "SharedKeyLite devstoreaccount1:a2V5";

    /// <summary>Method, path, body, and the status and the code of the real service.</summary>
    public static TheoryData<string, string, string, int, string> Refused =>
        new()
        {
            { "GET", $"{Account}/Other()", "", 404, "TableNotFound" },
            { "GET", $"{Account}/Other(PartitionKey='p',RowKey='r')", "", 404, "TableNotFound" },
            { "GET", $"{Account}/0", "", 404, "TableNotFound" },
            { "GET", $"{Account}/CancelRequests(PartitionKey='p',RowKey='none')", "", 404, "ResourceNotFound" },
            { "GET", $"{Account}/", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests(", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests(PartitionKey='p')", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests(PartitionKey='it's',RowKey='r')", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests(RowKey='r',PartitionKey='p')", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests/more", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?$top=0", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?$top=1001", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?$top=-1", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?$top=99999999999", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?$top=1&$top=2", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?NextPartitionKey=*", "", 400, "InvalidInput" },
            { "GET", $"{Account}/CancelRequests()?$select=Text", "", 501, "NotImplemented" },
            { "GET", $"{Account}/CancelRequests()?$filter=Text eq 'a'", "", 501, "NotImplemented" },
            { "GET", $"{Account}/CancelRequests()?$filter=PartitionKey eq 'it's'", "", 501, "NotImplemented" },
            { "GET", $"{Account}/CancelRequests()?$filter=PartitionKey eq 'a' or true", "", 501, "NotImplemented" },
            { "GET", $"{Account}/CancelRequests()?$filter=PartitionKey", "", 501, "NotImplemented" },
            { "GET", $"{Account}/CancelRequests()?$filter= and ", "", 501, "NotImplemented" },
            { "POST", $"{Account}/CancelRequests", "", 400, "InvalidInput" },
            { "POST", $"{Account}/CancelRequests", "{", 400, "InvalidInput" },
            { "POST", $"{Account}/CancelRequests", "[]", 400, "InvalidInput" },
            { "POST", $"{Account}/CancelRequests", "null", 400, "InvalidInput" },
            { "POST", $"{Account}/CancelRequests", """{"PartitionKey":"p"}""", 400, "PropertiesNeedValue" },
            {
                "POST",
                $"{Account}/CancelRequests",
                """{"PartitionKey":"p","RowKey":null}""",
                400,
                "PropertiesNeedValue"
            },
            { "POST", $"{Account}/CancelRequests", """{"PartitionKey":1,"RowKey":"r"}""", 400, "PropertiesNeedValue" },
            { "POST", $"{Account}/CancelRequests", """{"PartitionKey":"p","RowKey":"\uD800"}""", 400, "InvalidInput" },
            {
                "POST",
                $"{Account}/CancelRequests",
                """{"PartitionKey":"p","RowKey":"q","A":{}}""",
                400,
                "InvalidInput"
            },
            {
                "POST",
                $"{Account}/CancelRequests",
                """{"PartitionKey":"p","RowKey":"q","A-B":""}""",
                400,
                "PropertyNameInvalid"
            },
            { "POST", $"{Account}/CancelRequests", """{"PartitionKey":"p","RowKey":"a/b"}""", 400, "OutOfRangeInput" },
            {
                "POST",
                $"{Account}/CancelRequests",
                """{"PartitionKey":"p","RowKey":"r"}""",
                409,
                "EntityAlreadyExists"
            },
            { "POST", $"{Account}/Tables", """{"TableName":"CancelRequests"}""", 409, "TableAlreadyExists" },
            { "POST", $"{Account}/Tables", """{"TableName":"Other"}""", 501, "NotImplemented" },
            { "POST", $"{Account}/Tables", "{}", 400, "PropertiesNeedValue" },
            { "POST", Row, "{}", 501, "NotImplemented" },
            { "PUT", Row, "{}", 501, "NotImplemented" },
            { "PATCH", Row, "{}", 501, "NotImplemented" },
            { "PUT", $"{Account}/CancelRequests", "{}", 501, "NotImplemented" },
            { "DELETE", Row, "", 400, "MissingRequiredHeader" },
            { "DELETE", $"{Account}/CancelRequests", "", 501, "NotImplemented" },
            { "GET", $"{Account}/Tables", "", 404, "TableNotFound" },
            { "POST", $"{Account}/$batch", "", 400, "InvalidInput" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Cannot_do_what_the_service_refuses_and_answers_with_its_code(
        string method,
        string path,
        string body,
        int status,
        string code
    )
    {
        var answer = await SendAsync(method, path, body);

        Assert.Equal((status, code), ((int)answer.Status, answer.Json["odata.error"]!["code"]!.ToString()));
    }

    [Theory]
    [InlineData("PUT", "\"stale\"", 412)]
    [InlineData("DELETE", "\"stale\"", 412)]
    [InlineData("DELETE", "garbage", 412)]
    [InlineData("PUT", "*", 204)]
    public async Task Compares_the_version_of_a_row(string method, string etag, int status) =>
        Assert.Equal(
            status,
            (int)(await SendAsync(method, Row, method == "PUT" ? "{}" : "", ("If-Match", etag))).Status
        );

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Cannot_change_a_row_that_is_not_there(string method) =>
        Assert.Equal(
            HttpStatusCode.NotFound,
            (
                await SendAsync(
                    method,
                    $"{Account}/CancelRequests(PartitionKey='p',RowKey='none')",
                    "{}",
                    ("If-Match", "*")
                )
            ).Status
        );

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("SharedKey")]
    [InlineData("SharedKey other:a2V5")]
    [InlineData("SharedKey devstoreaccount1")]
    [InlineData("Bearer local-vault-token")]
    [InlineData("Basic ZGV2c3RvcmVhY2NvdW50MTo=")]
    public async Task Cannot_be_used_over_http_without_the_account(string authorization)
    {
        var answer = await SendAsync("GET", Row, "", ("Authorization", authorization));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("AuthenticationFailed", answer.Json["odata.error"]!["code"]!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer other")]
    [InlineData(Key)]
    public async Task Cannot_be_used_over_https_without_the_token(string authorization)
    {
        using HttpClientHandler trusting = new()
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using HttpClient client = new(trusting);
        Uri row = new(new Uri(store.Host.Host.FunctionsAppSettings!["AzureWebJobsStorage__tableServiceUri"]), Row);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var refused = await client.GetAsync(row, RunningHost.Token);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        client.DefaultRequestHeaders.Authorization = new("Bearer", "local-vault-token");
        using var found = await client.GetAsync(row, RunningHost.Token);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    private async Task<Answer> SendAsync(
        string method,
        string path,
        string body,
        params (string Name, string Value)[] headers
    )
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (!headers.Any(static header => header.Name == "Authorization"))
        {
            request.Headers.TryAddWithoutValidation("Authorization", Key);
        }

        return await store.Host.SendAsync(request);
    }

    public sealed class Store() : HostFixture(("LocalHost__ForFunctionsApp", "true"))
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            using var tables = OpenTables.Open(Host.Host.TablesConnectionString);
            RowKey key = new(RowTable.CancelRequests, "p", "r");
            await tables.Rows.TryInsertAsync(key, new Dictionary<string, string>(), RunningHost.Token);
        }
    }
}
