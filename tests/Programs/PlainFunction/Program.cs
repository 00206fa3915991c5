using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PlainFunction;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
var settings = builder.Configuration;

// The vault of the local host is not at an Azure address.
SecretClient vault = new(
    new Uri(settings["KeyVault:VaultUri"]!),
    new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned),
    new SecretClientOptions { DisableChallengeResourceVerification = true }
);
var apiKey = await vault.GetSecretAsync("onramp-api-key");
var apiSecret = await vault.GetSecretAsync("onramp-api-secret");

HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
{
    BaseAddress = new Uri(settings["Onramp:BaseUrl"]!),
};
builder.Services.AddSingleton(new OnrampOrders(http, apiKey.Value.Value, apiSecret.Value.Value));
builder.Services.AddSingleton(
    new ServiceBusClient(settings["ServiceBus"]).CreateSender(settings["CancelResultsTopic"])
);
await builder.Build().RunAsync();
