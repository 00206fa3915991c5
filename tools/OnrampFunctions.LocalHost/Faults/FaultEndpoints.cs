namespace OnrampFunctions.LocalHost.Faults;

/// <summary>Reads and sets the injected faults: <c>/simulator/faults</c>.</summary>
internal sealed class FaultEndpoints(FaultInjector faults, LocalJson json)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulator/faults", WriteAsync);
        routes.MapPut("/simulator/faults", PutAsync);
    }

    private Task WriteAsync(HttpContext context) => json.WriteAsync(context, 200, FaultsDocument.Of(faults));

    private async Task PutAsync(HttpContext context)
    {
        if (await json.ReadAsync<FaultsDocument>(context) is not { } document)
        {
            return;
        }

        if (document.FindFault() is { } fault)
        {
            await LocalJson.WriteErrorAsync(context, 400, fault);
            return;
        }

        faults.Settings = document.ToSettings();
        await WriteAsync(context);
    }
}
