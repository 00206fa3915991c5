using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Benchmarks;

/// <summary>
/// A bare Kestrel on a free loopback port that runs until its standard input ends.
/// </summary>
internal static class Server
{
    public static async Task<int> RunAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            });
        await using var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        Console.WriteLine(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
