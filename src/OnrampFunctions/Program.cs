using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Http;
using Onramp.Cancellation.ServiceBus;
using OnrampFunctions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddBackgroundConsole();
builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxRequestBodySize = OrderApi.MaxUploadBytes);
builder.Services.AddOrderCancellation(builder.Configuration);
builder.Services.AddOrderApi();
builder.Services.AddServiceBus(builder.Configuration);
return await builder.Build().RunToExitCodeAsync();
