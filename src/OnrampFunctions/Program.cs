using Microsoft.Azure.Functions.Worker.Builder;
using Onramp.Cancellation.Configuration;
using OnrampFunctions;

LoopbackProxy.Bypass();
return await FunctionsApplication.CreateBuilder(args).AddCancellationApp().RunWorkerAsync();
