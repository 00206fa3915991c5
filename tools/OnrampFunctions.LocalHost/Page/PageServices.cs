namespace OnrampFunctions.LocalHost.Page;

/// <summary>The page at <c>/</c>: what it needs besides the endpoints that everybody uses.</summary>
internal static class PageServices
{
    public static void AddPage(this IServiceCollection services)
    {
        services.AddSingleton<Watch>();
        services.AddSingleton<Meters>();
        services.AddSingleton<LiveSources>();
        services.AddSingleton<LiveEndpoint>();
        services.AddSingleton<DeadLetterEndpoints>();
    }

    public static void MapPage(this WebApplication app)
    {
        PageFiles.Map(app);
        app.Services.GetRequiredService<LiveEndpoint>().Map(app);
        app.Services.GetRequiredService<DeadLetterEndpoints>().Map(app);
    }
}
