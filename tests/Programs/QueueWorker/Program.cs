using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Redis;
using Onramp.Cancellation.ServiceBus;
using Onramp.Cancellation.Tables;
using OnrampFunctions;

var builder = FunctionsApplication.CreateBuilder(args);
builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = GracefulShutdown.Limit);
builder.Services.AddOrderCancellation(builder.Configuration);
builder.Services.AddServiceBus(builder.Configuration);
builder.Services.AddTables(builder.Configuration);
builder.Services.AddSharedLimit(builder.Configuration);
builder.Services.AddTransient<OrderMessages>();
builder.Services.AddTransient<OutcomeRecords>();
return await builder.RunWorkerAsync();
