using Microsoft.Azure.Functions.Worker.Builder;
using Onramp.Cancellation;
using OnrampFunctions.Logging;
using OnrampFunctions.ServiceBus;

var builder = FunctionsApplication.CreateBuilder(args);
builder.Logging.AddBackgroundConsole();
builder.Services.AddOrderCancellation(builder.Configuration);
builder.Services.AddServiceBus(builder.Configuration);
return await builder.Build().RunToExitCodeAsync();
