using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Benchmarks;

/// <summary>
/// A bare Kestrel on a free loopback port that runs until its standard input ends. Commands there: <c>allocated</c>
/// (bytes since the start) and <c>live</c> (bytes that are still in use).
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
        while (await Console.In.ReadLineAsync() is { } question)
        {
            Console.WriteLine(Answer(question));
        }

        await app.StopAsync();
        return 0;
    }

    public static string Answer(string question) =>
        question switch
        {
            "allocated" => GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture),
            "live" => GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"'{question}' is not a command."),
        };
}
