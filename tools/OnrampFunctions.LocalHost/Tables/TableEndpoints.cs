namespace OnrampFunctions.LocalHost.Tables;

/// <summary>
/// The operations of the table service that the service uses
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api">its protocol</see>), on the
/// rows of this host.
/// </summary>
internal sealed class TableEndpoints(IRowStore rows, MemoryRows stored, WorkInProgress work)
{
    /// <summary>The account of Microsoft's emulator.</summary>
    public const string Account = "devstoreaccount1";

    // The service may return fewer rows than asked for. Here it does so early, so that clients are tested with it.
    private const int PageSize = 250;

    public void Map(IEndpointRouteBuilder routes) => routes.Map($"/{Account}/{{**resource}}", AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, work.Closing);
        try
        {
            TableAccess.Check(context.Request);
            await AnswerAsync(context, ended.Token);
        }
        catch (TableError error)
        {
            await TableAnswers.WriteErrorAsync(context, error);
        }
        catch (RowsFaultException fault) when (!fault.WasDone)
        {
            await TableAnswers.WriteErrorAsync(context, new TableError(503, "ServerBusy", fault.Message));
        }
        catch (Exception exception) when (exception is RowsFaultException or OperationCanceledException)
        {
            // As a lost answer appears to the client.
            context.Abort();
        }
    }

    private Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var path = request.RouteValues["resource"] as string ?? "";
        if (path == "Tables" && request.Method == HttpMethods.Post)
        {
            return CreateTableAsync(context, cancellationToken);
        }

        var table = TableRequest.TableOf(path, out var keys);
        return (request.Method, keys) switch
        {
            ("GET", null) => QueryAsync(context, table, cancellationToken),
            ("GET", var (partition, row)) => ReadAsync(context, new RowKey(table, partition, row), cancellationToken),
            ("POST", null) => InsertAsync(context, table, cancellationToken),
            ("PUT", var (partition, row)) => ReplaceAsync(context, new(table, partition, row), cancellationToken),
            ("DELETE", var (partition, row)) => DeleteAsync(context, new(table, partition, row), cancellationToken),
            _ => throw TableError.Unsupported($"{request.Method} here"),
        };
    }

    /// <summary>The tables of the service exist from the start; other tables cannot be created.</summary>
    private static async Task CreateTableAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = await TableBody.ReadAsync(context.Request, cancellationToken);
        throw TableRequest.TryParse(body.Key("TableName"), out _)
            ? new TableError(409, "TableAlreadyExists", "The table specified already exists.")
            : TableError.Unsupported("tables other than those of the service");
    }

    private async Task ReadAsync(HttpContext context, RowKey key, CancellationToken cancellationToken)
    {
        var row = await rows.ReadAsync(key, cancellationToken) ?? throw TableError.NoRow();
        await TableAnswers.WriteRowAsync(context, row);
    }

    private async Task QueryAsync(HttpContext context, RowTable table, CancellationToken cancellationToken)
    {
        var query = TableRequest.QueryOf(table, context.Request.Query);
        var page = Math.Min(query.Count, PageSize);
        var found = await rows.QueryAsync(query with { Count = page }, cancellationToken);
        if (found.Count == page)
        {
            context.Response.Headers["x-ms-continuation-NextPartitionKey"] = TableRequest.ToToken(
                found[^1].Key.Partition
            );
            context.Response.Headers["x-ms-continuation-NextRowKey"] = TableRequest.ToToken(found[^1].Key.Row);
        }

        await TableAnswers.WriteRowsAsync(context, found);
    }

    private async Task InsertAsync(HttpContext context, RowTable table, CancellationToken cancellationToken)
    {
        var body = await TableBody.ReadAsync(context.Request, cancellationToken);
        RowKey key = new(table, body.Key("PartitionKey"), body.Key("RowKey"));
        if (!await rows.TryInsertAsync(key, body.Values, cancellationToken))
        {
            throw new TableError(409, "EntityAlreadyExists", "The specified entity already exists.");
        }

        context.Response.Headers["Preference-Applied"] = "return-no-content";
        context.Response.StatusCode = 204;
    }

    private async Task ReplaceAsync(HttpContext context, RowKey key, CancellationToken cancellationToken)
    {
        var body = await TableBody.ReadAsync(context.Request, cancellationToken);
        var read = await ReadVersionAsync(context.Request, key);
        if (!await rows.TryReplaceAsync(read, body.Values, cancellationToken))
        {
            throw await ConflictAsync(key);
        }

        context.Response.StatusCode = 204;
    }

    private async Task DeleteAsync(HttpContext context, RowKey key, CancellationToken cancellationToken)
    {
        var read = await ReadVersionAsync(context.Request, key);
        if (!await rows.TryDeleteAsync(read, cancellationToken))
        {
            throw await ConflictAsync(key);
        }

        context.Response.StatusCode = 204;
    }

    /// <summary>The row with the version that the client read; with <c>*</c>, its present version.</summary>
    private async Task<StoredRow> ReadVersionAsync(HttpRequest request, RowKey key)
    {
        var etag = request.Headers.IfMatch.ToString();
        if (etag.Length == 0)
        {
            throw request.Method == HttpMethods.Put
                ? TableError.Unsupported("PUT without If-Match")
                : new TableError(400, "MissingRequiredHeader", "If-Match is missing.");
        }

        var row = await stored.ReadAsync(key, CancellationToken.None) ?? throw TableError.NoRow();
        return etag == "*" ? row : row with { ETag = etag };
    }

    private async Task<TableError> ConflictAsync(RowKey key) =>
        await stored.ReadAsync(key, CancellationToken.None) is null
            ? TableError.NoRow()
            : new TableError(
                412,
                "UpdateConditionNotSatisfied",
                "The update condition specified in the request was not satisfied."
            );
}
