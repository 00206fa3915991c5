namespace OnrampFunctions.LocalHost.Faults;

/// <summary>Reads, sets and changes the injected faults: <c>/simulator/faults</c>.</summary>
internal sealed class FaultEndpoints(FaultInjector faults, LocalJson json)
{
    private readonly Lock _change = new();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulator/faults", WriteAsync);
        routes.MapPut("/simulator/faults", PutAsync);
        routes.MapPatch("/simulator/faults", PatchAsync);
    }

    private Task WriteAsync(HttpContext context) => json.WriteAsync(context, 200, FaultsDocument.Of(faults));

    private async Task PutAsync(HttpContext context)
    {
        if (await json.ReadAsync<FaultsDocument>(context) is { } document)
        {
            await ChangeAsync(context, _ => document);
        }
    }

    private async Task PatchAsync(HttpContext context)
    {
        if (await json.ReadAsync<FaultsChange>(context) is { } change)
        {
            await ChangeAsync(context, change.ApplyTo);
        }
    }

    /// <summary>Changes the newest settings, so that no change made at the same time is lost.</summary>
    private async Task ChangeAsync(HttpContext context, Func<FaultsDocument, FaultsDocument> change)
    {
        string? fault;
        lock (_change)
        {
            var document = change(FaultsDocument.Of(faults));
            fault = document.FindFault();
            if (fault is null)
            {
                faults.Settings = document.ToSettings();
            }
        }

        await (fault is null ? WriteAsync(context) : LocalJson.WriteErrorAsync(context, 400, fault));
    }
}
