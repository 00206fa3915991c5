namespace OnrampFunctions.LocalHost.Faults;

/// <summary>Reading and setting what goes wrong by rate: <c>/simulator/faults</c>.</summary>
internal sealed class FaultEndpoints(FaultInjector faults)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulator/faults", WriteAsync);
        routes.MapPut("/simulator/faults", PutAsync);
    }

    private Task WriteAsync(HttpContext context) =>
        LocalJson.WriteAsync(context, 200, FaultsDocument.Of(faults), FaultsJson.Default.FaultsDocument);

    private async Task PutAsync(HttpContext context)
    {
        if (await LocalJson.ReadAsync(context, FaultsJson.Default.FaultsDocument) is not { } document)
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
