namespace OnrampFunctions.LocalHost.Page;

/// <summary>Configures the page at <c>/</c> and its endpoints.</summary>
internal static class PageServices
{
    public static void AddPage(this IServiceCollection services)
    {
        services.AddSingleton<Watch>();
        services.AddSingleton<Meters>();
        services.AddSingleton<LiveSources>();
        services.AddSingleton<LiveEndpoint>();
        services.AddSingleton<DeadLetterEndpoints>();
        services.AddSingleton<Histories>();
        services.AddSingleton<HistoryEndpoints>();
    }

    public static void MapPage(this WebApplication app)
    {
        PageFiles.Map(app);
        app.Services.GetRequiredService<LiveEndpoint>().Map(app);
        app.Services.GetRequiredService<DeadLetterEndpoints>().Map(app);
        app.Services.GetRequiredService<HistoryEndpoints>().Map(app);
    }
}
