using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.ServiceBus;
using OnrampFunctions.Triggers;
using QueueWorker;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = Drain.Limit);
builder.Services.AddOrderCancellation(builder.Configuration);
builder.Services.AddServiceBus(builder.Configuration);
builder.Services.AddTransient<OrderMessages>();
builder.Services.AddHostedService<Trigger>();
return await builder.Build().RunToExitCodeAsync();
