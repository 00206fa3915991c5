using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Onramp.Cancellation.Configuration;
using OnrampFunctions;

LoopbackProxy.Bypass();
var builder = FunctionsApplication.CreateBuilder(args).AddCancellationApp();
builder.Services.AddTransient<OrderMessages>();
builder.Services.AddTransient<OutcomeRecords>();
return await builder.RunWorkerAsync();
