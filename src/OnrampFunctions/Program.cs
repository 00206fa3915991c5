using Microsoft.Azure.Functions.Worker.Builder;
using Onramp.Cancellation;
using OnrampFunctions.ServiceBus;

var builder = FunctionsApplication.CreateBuilder(args);
builder.Services.AddOrderCancellation(builder.Configuration);
builder.Services.AddServiceBus(builder.Configuration);
return await builder.Build().RunToExitCodeAsync();
